#include "cli/letter_story_text.h"

#include <fmt/format.h>

namespace postroom::cli {
namespace {

constexpr std::string_view kNoTime = "                       ";  // as wide as "Wed 2026-11-25 17:50:00"

std::string text_at(const json::object& object, std::string_view name) {
  return get_string(object, name).value_or("");
}

void add_lines(std::string& out, std::string_view heading, const json::object& story, std::string_view name) {
  const json::value* found = story.if_contains(name);
  if (found == nullptr || !found->is_array() || found->get_array().empty()) return;
  out += fmt::format("\n{}\n", heading);
  for (const auto& one : found->get_array()) {
    if (!one.is_object()) continue;
    const json::object& line = one.get_object();
    const std::string when = text_at(line, "local");
    const std::string kind = text_at(line, "kind");
    out += fmt::format("  {}  {}{}{}\n", when.empty() ? std::string(kNoTime) : when, kind, kind.empty() ? "" : ": ",
                       text_at(line, "text"));
  }
}

}  // namespace

std::string letter_story_text(const json::object& story) {
  const std::int64_t sheets = get_int(story, "sheets").value_or(0);
  std::string out = fmt::format("Letter {} of {}\n", text_at(story, "reference"), text_at(story, "service"));
  const auto line = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) out += fmt::format("  {:<12}  {}\n", name, text);
  };
  line("id", text_at(story, "id"));
  line("state", text_at(story, "status"));
  line("postage", text_at(story, "postage"));
  line("sheets", sheets > 0 ? std::to_string(sheets) : "not rendered");
  line("run of", text_at(story, "run_day"));
  line("despatched", text_at(story, "despatched_on"));
  line("printed by", text_at(story, "printed_by"));
  line("delivered by", text_at(story, "delivered_by"));
  add_lines(out, "What happened", story, "story");
  add_lines(out, "What needs a person", story, "concerns");
  add_lines(out, "What happens next", story, "next");
  return out;
}

}  // namespace postroom::cli
