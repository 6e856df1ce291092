#include "app/smpp.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/flow_parts.h"
#include "app/receipts.h"
#include "base/log.h"
#include "base/text.h"
#include "core/texting/text_parts.h"

namespace postroom::app {
namespace {

namespace wire = texting::smpp;

constexpr std::uint16_t kPort = 2775;
constexpr std::uint16_t kTlsPort = 3550;
constexpr std::uint8_t kAscii = 0x01, kLatin1 = 0x03, kUcs2 = 0x08;

std::chrono::milliseconds milliseconds_of(const Settings& settings, std::string_view name) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(settings.duration(name));
}

Result<smpp::LineOptions> line_options(const Settings& settings) {
  std::string_view url = settings.text("smpp.url");
  const bool is_tls = url.starts_with("smpps://");
  if (!is_tls && !url.starts_with("smpp://")) {
    return fail(ErrorKind::invalid_input,
                fmt::format("setting 'smpp.url' is '{}', but must be smpp://host:port or smpps://host:port", url));
  }
  std::string_view place = url.substr(is_tls ? 8 : 7);
  while (place.ends_with('/')) place.remove_suffix(1);
  const auto colon = place.rfind(':');
  auto port = colon == std::string_view::npos ? std::optional(is_tls ? kTlsPort : kPort)
                                              : parse_int<std::uint16_t>(place.substr(colon + 1));
  smpp::LineOptions out{
      .host = std::string(place.substr(0, colon)), .is_tls = is_tls, .ca_file = settings.text("smpp.ca_file")};
  if (!port || out.host.empty()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("setting 'smpp.url' is '{}', but lacks a host or a valid port", url));
  }
  out.port = *port;
  return out;
}

// Some servers call the GSM alphabet ASCII. ASCII has no use for its escape and the codes around it.
bool is_gsm_after_all(BytesView bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t';
  });
}

std::string text_of(const wire::Message& message, BytesView bytes) {
  switch (message.data_coding) {
    case kUcs2: return texting::from_ucs2(bytes);
    case kAscii: return is_gsm_after_all(bytes) ? texting::from_gsm(bytes) : texting::from_latin1(bytes);
    case kLatin1: return texting::from_latin1(bytes);
    default: return texting::from_gsm(bytes);
  }
}

bool take_receipt(Parts& parts, const wire::Receipt& receipt, wire::IdForm form) {
  auto kept = parts.flows->provider_reports->sms.take({.provider = receipts::SmsProvider::smpp,
                                                       .reference = wire::id_of_receipt(receipt.message_id, form),
                                                       .status = receipt.state,
                                                       .code = receipt.error,
                                                       .is_theirs = true});
  if (!kept) log_warning("smpp.receipt_not_kept", {{"error", kept.error().message}});
  return kept.has_value();
}

// Where a text has several parts: by a header in front of it, or by parameters.
std::optional<texting::JoinHeader> place_of(const wire::Message& message, BytesView& bytes) {
  if ((message.esm_class & wire::kHasUserDataHeader) != 0) {
    if (auto data = texting::read_user_data(bytes)) {
      bytes = data->rest;
      return data->join;
    }
  }
  const Bytes* reference = message.tlv(wire::kTagSarReference);
  const Bytes* parts = message.tlv(wire::kTagSarParts);
  const Bytes* part = message.tlv(wire::kTagSarPart);
  const bool is_whole = reference == nullptr || reference->size() != 2 || parts == nullptr || parts->size() != 1 ||
                        part == nullptr || part->size() != 1;
  if (is_whole) return std::nullopt;
  auto number = [](char c) { return static_cast<int>(static_cast<unsigned char>(c)); };
  texting::JoinHeader join{number((*reference)[0]) << 8 | number((*reference)[1]), number((*parts)[0]),
                           number((*part)[0])};
  if (join.part < 1 || join.part > join.parts) return std::nullopt;
  return join;
}

bool take_text(Parts& parts, const wire::Message& message) {
  BytesView bytes = message.content();
  const auto place = place_of(message, bytes);
  const auto text = receipts::inbound_message(receipts::SmsProvider::smpp, message.destination.text,
                                              message.source.text, text_of(message, bytes), "");
  flows::InboundSms& inbound = parts.flows->provider_reports->inbound;
  auto outcome =
      place ? inbound.receive_part(text, {place->reference, place->parts, place->part}) : inbound.receive(text);
  if (!outcome) log_warning("smpp.text_not_kept", {{"error", outcome.error().message}});
  return outcome.has_value();
}

// True: it need not come again.
bool take_delivery(Parts& parts, const wire::Message& message, wire::IdForm form) {
  auto receipt = wire::read_receipt(message);
  if (!receipt) {
    // It would be no better the next time.
    log_error("smpp.bad_receipt", {{"error", receipt.error().message}});
    return true;
  }
  return *receipt ? take_receipt(parts, **receipt, form) : take_text(parts, message);
}

}  // namespace

Result<std::unique_ptr<ports::SmsGateway>> build_smpp(Parts& parts, SmppParts& out) {
  const Settings& settings = parts.settings;
  smpp::SessionOptions options;
  POSTROOM_TRY(line, line_options(settings));
  options.line = std::move(line);
  options.bind = {.system_id = settings.text("smpp.system_id"),
                  .password = settings.text("smpp.password"),
                  .system_type = settings.text("smpp.system_type"),
                  .address_range = settings.text("smpp.address_range")};
  if (options.bind.system_id.empty()) {
    return fail(ErrorKind::invalid_input, "setting 'smpp.system_id' is empty, but sms.provider names smpp: set it");
  }
  options.window = static_cast<int>(settings.integer("smpp.window"));
  options.enquire_every = milliseconds_of(settings, "smpp.enquire_link");
  options.backoff_max = milliseconds_of(settings, "smpp.reconnect_max");
  // Both choices are checked by their declarations.
  out.id_form = wire::parse_id_form(settings.text("smpp.message_ids")).value_or(wire::IdForm::same);
  smpp::GatewayOptions gateway{
      .joining = smpp::parse_joining(settings.text("smpp.long_texts")).value_or(smpp::Joining::header),
      .id_form = out.id_form,
      .service_type = settings.text("smpp.service_type"),
      .timeout = milliseconds_of(settings, "sms.timeout")};
  out.session = std::make_unique<smpp::Session>(
      std::move(options),
      [&parts, form = out.id_form](const wire::Message& message) { return take_delivery(parts, message, form); });
  return std::make_unique<smpp::SmppGateway>(std::move(gateway), *out.session);
}

}  // namespace postroom::app
