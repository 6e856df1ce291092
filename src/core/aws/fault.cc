#include "core/aws/fault.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace postroom::aws {
namespace {

constexpr std::size_t kWordBytesMax = 60;

}  // namespace

std::string fault_name(std::string_view error_type, std::string_view body) {
  std::string text(error_type);
  if (text.empty()) {
    if (auto document = parse_json(body); document && document->is_object()) {
      const json::object& object = document->get_object();
      text = get_string(object, "__type").value_or(get_string(object, "code").value_or(""));
    }
  }
  text = text.substr(0, text.find(':'));
  if (const std::size_t mark = text.rfind('#'); mark != std::string::npos) text.erase(0, mark + 1);
  const bool is_word = std::all_of(text.begin(), text.end(), is_ascii_alnum);
  return is_word ? text.substr(0, kWordBytesMax) : "";
}

}  // namespace postroom::aws
