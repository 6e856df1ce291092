#include "adapters/smpp/smpp_gateway.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "core/texting/text_parts.h"

namespace postroom::smpp {
namespace {

namespace wire = texting::smpp;
using Fate = SubmitAnswer::Fate;

constexpr std::uint8_t kInternational = 1, kIsdn = 1, kAlphanumeric = 5, kNetworkSpecific = 3;
constexpr std::size_t kShortCodeDigitsMax = 6;
constexpr std::uint8_t kGsm = 0x00, kUcs2 = 0x08;

// "07123123123" goes out as "447123123123".
wire::Address source_of(std::string_view sender) {
  const bool is_number = !sender.empty() && std::all_of(sender.begin(), sender.end(), is_ascii_digit);
  if (!is_number) return {kAlphanumeric, 0, std::string(sender)};
  if (sender.size() <= kShortCodeDigitsMax) return {kNetworkSpecific, 0, std::string(sender)};
  if (sender.front() == '0' && sender[1] != '0')
    return {kInternational, kIsdn, "44" + std::string(sender.substr(1))};
  return {kInternational, kIsdn, std::string(sender)};
}

// The same for every try with the same text.
int reference_of(std::string_view id) {
  std::uint32_t hash = 2'166'136'261u;
  for (char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
  return static_cast<int>(hash & 0xFF);
}

bool is_about_the_text(std::uint32_t status) {
  return status == wire::kInvalidDestination || status == wire::kInvalidSource || status == wire::kInvalidLength;
}

ports::SmsResult failure(ErrorKind kind, std::string what, bool maybe_taken) {
  return tl::unexpected(ports::SmsFailure(kind, fmt::format("{}: {}", kSmpp, what), maybe_taken));
}

std::string big_end(int value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
}

}  // namespace

std::optional<Joining> parse_joining(std::string_view text) {
  if (text == "header") return Joining::header;
  if (text == "sar") return Joining::sar;
  if (text == "payload") return Joining::payload;
  return std::nullopt;
}

std::vector<wire::Message> submits_of(const ports::SmsMessage& message, const GatewayOptions& options) {
  wire::Message base;
  base.service_type = options.service_type;
  base.source = source_of(message.sender);
  base.destination = {kInternational, kIsdn, message.to};
  base.registered_delivery = 1;
  base.data_coding = message.ucs2 ? kUcs2 : kGsm;
  const Bytes encoded = message.ucs2 ? texting::to_ucs2(message.text) : texting::to_gsm(message.text);
  const auto parts = message.ucs2 ? texting::split_ucs2(encoded) : texting::split_gsm(encoded);
  std::vector<wire::Message> out;
  if (parts.size() == 1) {
    base.short_message = parts.front();
    return {base};
  }
  if (options.joining == Joining::payload) {
    base.tlvs.push_back({wire::kTagPayload, encoded});
    return {base};
  }
  const int reference = reference_of(message.reference);
  const int count = static_cast<int>(parts.size());
  for (int i = 0; i < count; ++i) {
    wire::Message& part = out.emplace_back(base);
    const Bytes& bytes = parts[static_cast<std::size_t>(i)];
    if (options.joining == Joining::header) {
      part.esm_class = wire::kHasUserDataHeader;
      part.short_message = texting::join_header({reference, count, i + 1}) + bytes;
    } else {
      part.short_message = bytes;
      part.tlvs = {{wire::kTagSarReference, big_end(reference, 2)},
                   {wire::kTagSarParts, big_end(count, 1)},
                   {wire::kTagSarPart, big_end(i + 1, 1)}};
    }
  }
  return out;
}

ports::SmsResult SmppGateway::send(const ports::SmsMessage& message) {
  ports::ProviderReceipt receipt{.provider = std::string(kSmpp), .provider_reference = {}};
  for (const wire::Message& part : submits_of(message, options_)) {
    const bool some_taken = !receipt.part_names.empty();
    const SubmitAnswer answer = session_.submit(wire::encode(part), options_.timeout);
    if (answer.fate != Fate::answered)
      return failure(ErrorKind::retry_later, answer.why, answer.fate == Fate::lost || some_taken);
    if (answer.status != wire::kOk) {
      std::string what = fmt::format("status 0x{:02X}", answer.status);
      if (is_about_the_text(answer.status)) return failure(ErrorKind::rejected, std::move(what), false);
      return failure(ErrorKind::retry_later, std::move(what), some_taken);
    }
    const std::string id = wire::read_response_text(answer.body);
    if (id.empty()) return failure(ErrorKind::retry_later, "it took a text and did not name it", true);
    if (receipt.provider_reference.empty()) receipt.provider_reference = id;
    receipt.part_names.push_back(wire::id_of_answer(id, options_.id_form));
  }
  return receipt;
}

}  // namespace postroom::smpp
