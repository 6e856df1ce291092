#include "fakes/print_house_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "core/letters/file_names.h"
#include "core/letters/record.h"

namespace postroom::fakes {
namespace {

constexpr std::size_t kBodyBytesPerPage = 2'500;
constexpr std::size_t kOrganisationField = 1;
constexpr std::size_t kReferenceField = 4;
constexpr std::size_t kNameField = 17;
constexpr std::size_t kBodyField = 33;

}  // namespace

tl::expected<std::vector<PrintedLetter>, std::vector<std::string>> inspect_records(const std::string& file_name,
                                                                                   std::string_view content) {
  std::vector<std::string> faults;
  std::size_t number = 0;
  auto fault = [&](std::string_view text) {
    if (faults.size() < PrintHouse::kProblemsPerZipMax)
      faults.push_back(fmt::format("{}: line {} {}", file_name, number, text));
  };
  std::vector<PrintedLetter> letters;
  std::unordered_set<std::string_view> seen;
  for (std::string_view line : letters::record_lines(content)) {
    ++number;
    const auto fields = letters::record_fields(line);
    if (!fields) {
      fault("has not 34 fields");
      continue;
    }
    const std::string_view reference = (*fields)[kReferenceField];
    const std::string_view organisation = (*fields)[kOrganisationField];
    if (line.find('\r') != std::string_view::npos) fault("holds a carriage return");
    if (!is_valid_utf8(line)) fault("is not UTF-8");
    if ((*fields)[0] != "140") fault("does not begin with 140");
    if (organisation.size() != 3 || !std::all_of(organisation.begin(), organisation.end(), is_ascii_digit))
      fault("has no sender of three digits");
    if (!letters::is_reference(reference)) fault("has a reference that is not 16 capitals and digits");
    if (!seen.insert(reference).second) fault("has a reference that was there before");
    if ((*fields)[kNameField].empty()) fault("has no name of the recipient");
    if ((*fields)[kBodyField].empty()) fault("has no text");
    const int pages = 1 + static_cast<int>((*fields)[kBodyField].size() / kBodyBytesPerPage);
    letters.push_back({std::string(reference), file_name, file_name, pages, (pages + 1) / 2, false});
  }
  if (letters.empty() && faults.empty()) faults.push_back(fmt::format("{}: is empty", file_name));
  if (!content.empty() && content.back() != '\n')
    faults.push_back(fmt::format("{}: ends within a line", file_name));
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return letters;
}

}  // namespace postroom::fakes
