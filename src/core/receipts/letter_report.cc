#include "core/receipts/letter_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <list>
#include <set>

#include "base/text.h"

namespace postroom::receipts {
namespace {

using letters::CostClass;

constexpr std::size_t kPropertiesMin = 3;
constexpr std::array<std::string_view, 2> kJobStatuses{"DESPATCHED", "REJECTED"};
constexpr std::array<std::string_view, 3> kPostageClasses{"1ST", "2ND", "INTERNATIONAL"};
constexpr std::array<std::string_view, 8> kMailingProducts{"UNCODED", "MM UNSORTED", "UNSORTED",  "MM",
                                                           "INT EU",  "INT ROW",     "UNSORTEDE", "MM ECONOMY"};
constexpr std::size_t kShownBytesMax = 100;

std::string shown(std::string_view value) {
  if (value.size() <= kShownBytesMax) return std::string(value);
  std::size_t cut = kShownBytesMax;
  while (cut > 0 && (static_cast<unsigned char>(value[cut]) & 0xC0) == 0x80) --cut;
  return std::string(value.substr(0, cut)) + "…";
}

// Reads the document member by member and collects what is wrong.
class Reader {
 public:
  Faults faults;

  // Null when absent or of another type. `where` is the first element of the path to it.
  const std::string* text(const json::object& object, std::string_view where, std::string_view name,
                          bool required) {
    const json::value* value = member(object, where, name, required);
    if (value == nullptr) return nullptr;
    if (!value->is_string()) {
      refuse(where, name, "is not a string");
      return nullptr;
    }
    return &keep(value->get_string());
  }

  const json::object* object(const json::object& parent, std::string_view name) {
    const json::value* value = member(parent, "", name, true);
    if (value == nullptr) return nullptr;
    if (!value->is_object()) refuse("", name, "is not an object");
    return value->if_object();
  }

  template <std::size_t Count>
  void one_of(std::string_view where, std::string_view name, const std::string* value,
              const std::array<std::string_view, Count>& allowed) {
    if (value == nullptr || std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return;
    refuse(where, name, fmt::format("{} is not one of [{}]", shown(*value), fmt::join(allowed, ", ")));
  }

  void date_time(std::string_view where, std::string_view name, const std::string* value) {
    constexpr std::size_t kDateLength = 10;
    if (value == nullptr || (value->size() > kDateLength && parse_rfc3339(*value))) return;
    refuse(where, name, "is not a date and time of RFC 3339");
  }

  void refuse(std::string_view where, std::string_view name, std::string_view reason) {
    std::string message =
        where.empty() ? fmt::format("{} {}", name, reason) : fmt::format("{} {} {}", where, name, reason);
    if (std::find(faults.begin(), faults.end(), message) == faults.end()) faults.push_back(std::move(message));
  }

 private:
  const json::value* member(const json::object& object, std::string_view where, std::string_view name,
                            bool required) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr && required) refuse(where, name, "is a required property");
    return value;
  }

  const std::string& keep(std::string_view text) { return *kept_.emplace(kept_.end(), text); }

  std::list<std::string> kept_;  // values that callers hold pointers to
};

// The first value of a property; null when it is absent.
struct Properties {
  std::optional<std::string> total_sheets, postage_class, mailing_product;
};

void read_property(Reader& reader, const json::value& item, Properties& out) {
  const json::object* object = item.if_object();
  if (object == nullptr) return reader.refuse("data", "despatchProperties", "has an item that is not an object");
  const std::string* key = reader.text(*object, "data", "key", true);
  const std::string* value = reader.text(*object, "data", "value", true);
  if (key == nullptr || value == nullptr) return;
  auto keep = [&](std::optional<std::string>& place) {
    if (!place) place = *value;
  };
  if (*key == "totalSheets") keep(out.total_sheets);
  if (*key == "postageClass") {
    reader.one_of("data", "postageClass", value, kPostageClasses);
    keep(out.postage_class);
  }
  if (*key == "mailingProduct") {
    reader.one_of("data", "mailingProduct", value, kMailingProducts);
    keep(out.mailing_product);
  }
}

Properties read_properties(Reader& reader, const json::object& data, bool required) {
  Properties out;
  const json::value* list = data.if_contains("despatchProperties");
  if (list == nullptr) {
    if (required) reader.refuse("data", "despatchProperties", "is a required property");
    return out;
  }
  if (!list->is_array()) {
    reader.refuse("data", "despatchProperties", "is not an array");
    return out;
  }
  const json::array& items = list->get_array();
  if (items.size() < kPropertiesMin)
    reader.refuse("data", "despatchProperties", fmt::format("has fewer than {} items", kPropertiesMin));
  if (items.size() > kDespatchPropertiesMax) {
    reader.refuse("data", "despatchProperties", fmt::format("has more than {} items", kDespatchPropertiesMax));
    return out;
  }
  std::set<std::string> seen;
  for (const json::value& item : items) {
    if (!seen.insert(write_json(item)).second)
      reader.refuse("data", "despatchProperties", "has the same item twice");
    read_property(reader, item, out);
  }
  return out;
}

// "2026-03-31T23:30:00Z", nothing else.
std::optional<UtcTime> strict_time(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? !is_ascii_digit(text[i]) : text[i] != kForm[i]) return std::nullopt;
  }
  return parse_rfc3339(text);
}

tl::unexpected<LetterReportFault> fault(Faults messages) {
  return tl::unexpected(LetterReportFault{LetterReportFault::Kind::validation, std::move(messages)});
}

// The rules that need a document which has passed the schema.
void read_despatch(Reader& reader, const Properties& properties, LetterReport& report) {
  auto need = [&](const std::optional<std::string>& value, std::string_view name) {
    if (!value) reader.refuse("data", "despatchProperties", fmt::format("lacks the key {}", name));
  };
  need(properties.total_sheets, "totalSheets");
  need(properties.postage_class, "postageClass");
  need(properties.mailing_product, "mailingProduct");
  if (!reader.faults.empty()) return;
  auto sheets = parse_int<int>(*properties.total_sheets);
  if (!sheets || *sheets < 0) return reader.refuse("data", "totalSheets", "is not a whole number");
  report.sheets = *sheets;
  bool is_sorted = *properties.postage_class == "2ND" &&
                   (*properties.mailing_product == "MM" || *properties.mailing_product == "MM ECONOMY");
  report.cost_class = is_sorted ? CostClass::sorted : CostClass::unsorted;
}

}  // namespace

tl::expected<LetterReport, LetterReportFault> read_letter_report(const json::value& document,
                                                                 NotificationId expected) {
  const json::object* top = document.if_object();
  if (top == nullptr) return fault({"The report is not a JSON object"});
  Reader reader;
  reader.text(*top, "", "id", true);
  reader.date_time("", "time", reader.text(*top, "", "time", true));
  for (std::string_view name : {"specVersion", "type", "source"}) reader.text(*top, "", name, false);
  reader.one_of("", "dataContentType", reader.text(*top, "", "dataContentType", false),
                std::array<std::string_view, 1>{"application/json"});
  if (const json::object* metadata = reader.object(*top, "metadata"))
    reader.text(*metadata, "metadata", "correlationId", true);
  const json::object* data = reader.object(*top, "data");
  if (data == nullptr) return fault(std::move(reader.faults));

  const std::string* job_id = reader.text(*data, "data", "jobId", true);
  auto letter = job_id != nullptr ? NotificationId::parse_lenient(*job_id) : std::nullopt;
  if (job_id != nullptr && !letter) reader.refuse("data", "jobId", "is not a valid UUID");
  const std::string* status = reader.text(*data, "data", "jobStatus", true);
  reader.one_of("data", "jobStatus", status, kJobStatuses);
  const std::string* transition = reader.text(*data, "data", "transitionDate", true);
  reader.date_time("data", "transitionDate", transition);
  for (std::string_view name : {"jobType", "templateReference", "comment"}) reader.text(*data, "data", name, false);
  const bool is_despatched = status != nullptr && *status == kJobStatuses[0];
  Properties properties = read_properties(reader, *data, is_despatched);
  if (!reader.faults.empty()) return fault(std::move(reader.faults));

  if (*letter != expected) {
    return tl::unexpected(
        LetterReportFault{LetterReportFault::Kind::other_letter, {"data jobId is not the letter of the token"}});
  }
  LetterReport report{.letter = *letter, .is_despatched = is_despatched};
  auto at = strict_time(*transition);
  if (!at) reader.refuse("data", "transitionDate", "is not of the form YYYY-MM-DDTHH:MM:SSZ");
  if (is_despatched) read_despatch(reader, properties, report);
  if (!reader.faults.empty()) return fault(std::move(reader.faults));
  report.at = *at;
  return report;
}

Bytes to_payload(const LetterReport& report) {
  return write_json(json::object{{"letter", report.letter.text()},
                                 {"despatched", report.is_despatched},
                                 {"at", format_rfc3339(report.at)},
                                 {"sheets", report.sheets},
                                 {"cost_class", letters::to_string(report.cost_class)}});
}

Result<LetterReport> letter_report_from_payload(BytesView payload) {
  auto parsed = parse_json(payload);
  const json::object* object = parsed ? parsed->if_object() : nullptr;
  auto letter =
      object != nullptr ? NotificationId::parse(get_string(*object, "letter").value_or("")) : std::nullopt;
  auto at = object != nullptr ? parse_rfc3339(get_string(*object, "at").value_or("")) : std::nullopt;
  if (!letter || !at) return fail(ErrorKind::corrupt, "a report of the print house does not read back");
  return LetterReport{.letter = *letter,
                      .is_despatched = get_bool(*object, "despatched").value_or(false),
                      .at = *at,
                      .sheets = static_cast<int>(get_int(*object, "sheets").value_or(0)),
                      .cost_class = get_string(*object, "cost_class") == letters::to_string(CostClass::sorted)
                                        ? CostClass::sorted
                                        : CostClass::unsorted};
}

}  // namespace postroom::receipts
