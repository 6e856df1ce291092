#include "core/letters/print_file.h"

#include <fmt/format.h>

#include "base/text.h"
#include "core/content/letter.h"

namespace postroom::letters {
namespace {

using notifications::Postage;

constexpr std::string_view kAgain = "again";

}  // namespace

std::string_view postage_for_people(Postage postage) {
  switch (postage) {
    case Postage::first: return "First class";
    case Postage::second: return "Second class";
    case Postage::economy: return "Economy";
    case Postage::europe: return "Europe";
    case Postage::rest_of_world: return "Rest of the world";
  }
  return "";
}

std::string print_file_name(const ZipNameParts& parts) {
  const std::string number = parts.number == 0 ? std::string(kAgain) : fmt::format("{:03}", parts.number);
  return fmt::format("{}.{}.{}.{}.pdf", format_date(parts.run_day), notifications::to_string(parts.postage), number,
                     parts.keys_hash);
}

std::optional<PrintFileFacts> parse_print_file_name(std::string_view name) {
  const auto parts = split(name, '.');
  if (parts.size() != 5 || parts[3].empty() || parts[4] != "pdf") return std::nullopt;
  const auto day = parse_date(parts[0]);
  const auto postage = notifications::parse_postage(parts[1]);
  const bool is_again = parts[2] == kAgain;
  if (!day || !postage || (!is_again && !parse_int<int>(parts[2]))) return std::nullopt;
  return PrintFileFacts{.run_day = *day,
                        .postage = *postage,
                        .is_again = is_again,
                        .day_for_people = content::letter_date(*day, false),
                        .postage_for_people = std::string(postage_for_people(*postage))};
}

std::string print_again_record_key(std::string_view name) {
  const auto facts = parse_print_file_name(name);
  return fmt::format("{}printed_again/{}.TXT", facts ? day_folder(facts->run_day) : "", name);
}

}  // namespace postroom::letters
