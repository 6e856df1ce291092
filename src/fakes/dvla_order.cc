// Judges orders of the print house's HTTP service, and writes its reports.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/text.h"
#include "base/web_url.h"
#include "fakes/dvla_house.h"
#include "fakes/print_house_pdf.h"

namespace postroom::fakes {
namespace {

constexpr std::size_t kLineCharactersMax = 45;
constexpr std::size_t kPostcodeCharactersMax = 10;
constexpr std::size_t kCountryCharactersMax = 256;
constexpr std::size_t kRecipientCharactersMax = 255;
constexpr std::int64_t kRetryWindow = 10'800;

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t position = 0; position < text.size(); ++count) next_code_point(text, position);
  return count;
}

class Judge {
 public:
  std::vector<std::string> faults;

  void fault(std::string text) { faults.push_back(std::move(text)); }

  const json::object* object(const json::object& parent, std::string_view name) {
    const json::value* value = parent.if_contains(name);
    if (value == nullptr || !value->is_object()) {
      fault(fmt::format("{} is no object", name));
      return nullptr;
    }
    return &value->get_object();
  }

  std::string text(const json::object& parent, std::string_view name, std::size_t characters_max,
                   bool may_be_empty = false) {
    const json::value* value = parent.if_contains(name);
    if (value == nullptr || !value->is_string()) {
      fault(fmt::format("{} is no text", name));
      return {};
    }
    std::string out(value->get_string());
    if (out.empty() && !may_be_empty) fault(fmt::format("{} is empty", name));
    if (characters(out) > characters_max) fault(fmt::format("{} is longer than {}", name, characters_max));
    return out;
  }

  void only(const json::object& parent, std::string_view where, std::set<std::string_view> allowed) {
    for (const auto& [key, value] : parent) {
      if (!allowed.contains(key)) fault(fmt::format("{} has {}, which nobody asked for", where, std::string(key)));
    }
  }

  // line1 and so on, without a gap.
  void lines(const json::object& form, std::size_t at_least, std::size_t at_most) {
    std::size_t count = 0;
    while (form.contains(fmt::format("line{}", count + 1)))
      text(form, fmt::format("line{}", ++count), kLineCharactersMax);
    if (count < at_least || count > at_most)
      fault(fmt::format("an address has {} lines, of {} to {}", count, at_least, at_most));
    for (std::size_t i = count + 1; i <= 9; ++i) {
      if (form.contains(fmt::format("line{}", i))) fault(fmt::format("line{} comes after a gap", i));
    }
  }

  void address(const json::object& address, std::string_view method, DvlaJob& job) {
    if (address.size() != 1) return fault("an address has exactly one form");
    job.address_form = std::string(address.begin()->key());
    const json::object* form = object(address, job.address_form);
    if (form == nullptr) return;
    const bool goes_abroad = method.starts_with("INTERNATIONAL_");
    if (goes_abroad != (job.address_form == "internationalAddress"))
      fault("the form of address does not fit the method of despatch");
    if (job.address_form == "bfpoAddress") {
      only(*form, "bfpoAddress", {"line1", "line2", "line3", "line4", "postcode", "bfpoNumber"});
      lines(*form, 1, 4);
      if (form->contains("postcode")) text(*form, "postcode", kPostcodeCharactersMax);
      const json::value* number = form->if_contains("bfpoNumber");
      if (number == nullptr || !number->is_int64()) fault("bfpoNumber is no whole number");
    } else if (job.address_form == "internationalAddress") {
      only(*form, "internationalAddress", {"line1", "line2", "line3", "line4", "line5", "country"});
      lines(*form, 1, 5);
      text(*form, "country", kCountryCharactersMax);
    } else if (job.address_form == "unstructuredAddress") {
      only(*form, "unstructuredAddress", {"line1", "line2", "line3", "line4", "line5", "postcode"});
      lines(*form, 1, 5);
      text(*form, "postcode", kPostcodeCharactersMax);
    } else {
      fault("there is no such form of address: " + job.address_form);
    }
  }

  void standard(const json::object& params, DvlaJob& job) {
    only(params, "standardParams",
         {"jobType", "templateReference", "businessIdentifier", "recipientName", "address", "despatchMethod"});
    for (std::string_view name : {"jobType", "templateReference"}) {
      if (text(params, name, 10) != "NOTIFY") fault(fmt::format("{} is not NOTIFY", name));
    }
    job.reference = text(params, "businessIdentifier", 16);
    const bool is_reference =
        job.reference.size() == 16 && std::all_of(job.reference.begin(), job.reference.end(),
                                                  [](char c) { return is_ascii_upper(c) || is_ascii_digit(c); });
    if (!is_reference) fault("businessIdentifier is no reference of a letter");
    text(params, "recipientName", kRecipientCharactersMax);
    if (params.contains("despatchMethod")) {
      job.despatch_method = text(params, "despatchMethod", 20);
      const std::set<std::string_view> methods{"FIRST", "ECONOMY", "INTERNATIONAL_EU", "INTERNATIONAL_ROW"};
      if (!methods.contains(job.despatch_method)) fault("there is no such despatchMethod");
    }
    if (const json::object* found = object(params, "address")) address(*found, job.despatch_method, job);
  }

  void customs(const json::object& order, DvlaJob& job) {
    const json::value* list = order.if_contains("customParams");
    if (list == nullptr || !list->is_array()) return fault("customParams is no array");
    std::map<std::string, std::string> values;
    for (const json::value& item : list->get_array()) {
      if (!item.is_object()) return fault("customParams has an item that is no object");
      only(item.get_object(), "customParams", {"key", "value"});
      std::string key = text(item.get_object(), "key", 100);
      if (!values.emplace(key, text(item.get_object(), "value", SIZE_MAX, true)).second)
        fault("customParams has " + key + " twice");
    }
    if (values.size() != 3 || !values.contains("pdfContent") || !values.contains("organisationIdentifier") ||
        !values.contains("serviceIdentifier"))
      return fault("customParams must have pdfContent, organisationIdentifier and serviceIdentifier");
    job.service_id = values["serviceIdentifier"];
    if (!ServiceId::parse(job.service_id)) fault("serviceIdentifier is no UUID");
    if (values["organisationIdentifier"] == "None") fault("organisationIdentifier is the word for none");
    auto pdf = from_base64(values["pdfContent"]);
    if (!pdf) return fault("pdfContent is no base64");
    job.pdf_bytes = pdf->size();
    auto pages = pdf_page_count(*pdf);
    if (!pages) return fault("pdfContent is no PDF: " + pages.error().message);
    job.sheets = (*pages + 1) / 2;
  }

  void callback(const json::object& params, DvlaJob& job) {
    only(params, "callbackParams", {"target", "retryParams"});
    job.callback_url = text(params, "target", 2000);
    if (!is_web_url(job.callback_url) ||
        job.callback_url.find("/notifications/letter/status?token=") == std::string::npos)
      fault("callbackParams.target is no address to report to");
    const json::object* retry = object(params, "retryParams");
    if (retry == nullptr) return;
    only(*retry, "retryParams", {"enabled", "maxRetryWindow"});
    if (get_bool(*retry, "enabled") != true || get_int(*retry, "maxRetryWindow") != kRetryWindow)
      fault("retryParams must be enabled, for 10800 seconds");
  }
};

struct Class {
  std::string_view method, postage_class, product;
};
constexpr Class kClasses[] = {{"FIRST", "1ST", "UNCODED"},
                              {"", "2ND", "MM"},
                              {"ECONOMY", "2ND", "UNSORTEDE"},
                              {"INTERNATIONAL_EU", "INTERNATIONAL", "INT EU"},
                              {"INTERNATIONAL_ROW", "INTERNATIONAL", "INT ROW"}};

}  // namespace

std::vector<std::string> read_dvla_order(std::string_view text, DvlaJob& job) {
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return {"the order is no JSON object"};
  const json::object& order = parsed->get_object();
  Judge judge;
  judge.only(order, "the order", {"id", "standardParams", "customParams", "callbackParams"});
  auto id = NotificationId::parse(judge.text(order, "id", 36));
  if (!id) judge.fault("id is no UUID");
  job.id = id.value_or(NotificationId{});
  if (const json::object* params = judge.object(order, "standardParams")) judge.standard(*params, job);
  judge.customs(order, job);
  if (const json::object* params = judge.object(order, "callbackParams")) judge.callback(*params, job);
  return std::move(judge.faults);
}

std::string dvla_report(const DvlaJob& job, UtcTime at) {
  const Class* of = std::find_if(std::begin(kClasses), std::end(kClasses),
                                 [&](const Class& one) { return one.method == job.despatch_method; });
  const auto property = [](std::string_view key, std::string_view value) {
    return json::object{{"key", key}, {"value", value}};
  };
  // Its times have no fractions.
  const std::string time = format_rfc3339(std::chrono::floor<std::chrono::seconds>(at)).substr(0, 19) + "Z";
  json::array properties{property("totalSheets", std::to_string(job.sheets)),
                         property("postageClass", of->postage_class), property("mailingProduct", of->product)};
  return write_json(json::object{{"id", job.id.text()},
                                 {"source", "fake-print-house"},
                                 {"specVersion", "1"},
                                 {"type", "print-job-status"},
                                 {"time", time},
                                 {"dataContentType", "application/json"},
                                 {"data", json::object{{"despatchProperties", std::move(properties)},
                                                       {"jobId", job.id.text()},
                                                       {"jobType", "NOTIFY"},
                                                       {"jobStatus", "DESPATCHED"},
                                                       {"templateReference", "NOTIFY"},
                                                       {"transitionDate", time}}},
                                 {"metadata", json::object{{"correlationId", job.reference}}}});
}

}  // namespace postroom::fakes
