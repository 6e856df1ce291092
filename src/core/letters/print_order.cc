#include "core/letters/print_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "core/recipients/postal_address.h"

namespace postroom::letters {
namespace {

using notifications::Postage;
using Lines = std::vector<std::string>;

constexpr std::string_view kJobType = "NOTIFY";
constexpr std::size_t kLinesMin = 2;  // a name and where it lives

std::string cut(std::string_view text, std::size_t characters_max) {
  std::size_t position = 0;
  for (std::size_t i = 0; i < characters_max && position < text.size(); ++i) next_code_point(text, position);
  return std::string(text.substr(0, position));
}

// line1 to lineN. Lines that have no place of their own share the last one: cut off they would be lost.
json::object numbered(Lines lines, std::size_t lines_max) {
  while (lines.size() > lines_max) {
    lines[lines_max - 1] += ", " + lines[lines_max];
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(lines_max));
  }
  json::object out;
  for (std::size_t i = 0; i < lines.size(); ++i)
    out[fmt::format("line{}", i + 1)] = cut(lines[i], kOrderLineCharactersMax);
  return out;
}

bool goes_abroad(Postage postage) { return postage == Postage::europe || postage == Postage::rest_of_world; }

Result<json::object> forces_address(const recipients::PostalAddress& address) {
  auto number = parse_int<std::int64_t>(*address.bfpo_number());
  if (!number) return fail(ErrorKind::invalid_input, "the letter's BFPO number is too long to be one");
  Lines lines = address.lines();
  lines.pop_back();  // "BFPO 12"
  if (address.postcode()) lines.pop_back();
  json::object out = numbered(std::move(lines), kForcesLinesMax);
  if (address.postcode()) out["postcode"] = cut(*address.postcode(), kOrderPostcodeCharactersMax);
  out["bfpoNumber"] = *number;
  return json::object{{"bfpoAddress", std::move(out)}};
}

Result<json::object> address_of(const recipients::PostalAddress& address, Postage postage) {
  const Lines& all = address.lines();
  if (all.size() < kLinesMin)
    return fail(ErrorKind::invalid_input, fmt::format("the letter's address has fewer than {} lines", kLinesMin));
  if (!goes_abroad(postage) && address.bfpo_number()) return forces_address(address);
  json::object out = numbered(Lines(all.begin() + 1, all.end() - 1), kOrderLinesMax);
  if (goes_abroad(postage)) {
    out["country"] = cut(all.back(), kOrderCountryCharactersMax);
    return json::object{{"internationalAddress", std::move(out)}};
  }
  out["postcode"] = cut(all.back(), kOrderPostcodeCharactersMax);
  return json::object{{"unstructuredAddress", std::move(out)}};
}

json::object custom(std::string_view key, std::string value) {
  return {{"key", key}, {"value", json::string(std::move(value))}};
}

}  // namespace

std::string_view despatch_method(Postage postage) {
  switch (postage) {
    case Postage::first: return "FIRST";
    case Postage::second: return "";
    case Postage::economy: return "ECONOMY";
    case Postage::europe: return "INTERNATIONAL_EU";
    case Postage::rest_of_world: return "INTERNATIONAL_ROW";
  }
  return "";
}

Result<std::string> print_order_json(const PrintOrder& order, BytesView pdf) {
  const auto address = recipients::PostalAddress::read(order.address);
  POSTROOM_TRY(form, address_of(address, order.postage));
  json::object standard{{"jobType", kJobType},
                        {"templateReference", kJobType},
                        {"businessIdentifier", order.reference},
                        {"recipientName", cut(address.lines().front(), kRecipientCharactersMax)},
                        {"address", std::move(form)}};
  if (auto method = despatch_method(order.postage); !method.empty()) standard["despatchMethod"] = method;
  json::array customs;
  customs.emplace_back(custom("pdfContent", to_base64(pdf)));
  customs.emplace_back(custom("organisationIdentifier", order.organisation));
  customs.emplace_back(custom("serviceIdentifier", order.service_id.text()));
  json::object callback{{"target", order.callback_url},
                        {"retryParams", json::object{{"enabled", true}, {"maxRetryWindow", kReportRetrySeconds}}}};
  return write_json(json::object{{"id", order.id.text()},
                                 {"standardParams", std::move(standard)},
                                 {"customParams", std::move(customs)},
                                 {"callbackParams", std::move(callback)}});
}

}  // namespace postroom::letters
