#include "base/json_path.h"

#include "base/text.h"

namespace postroom {

std::optional<std::string> json_text_at(const json::value& document, std::string_view path) {
  const json::value* at = &document;
  for (const std::string& step : split(path, '.')) {
    if (const json::object* object = at->if_object()) {
      at = object->if_contains(step);
    } else if (const json::array* array = at->if_array()) {
      auto index = parse_int<std::size_t>(step);
      at = index ? array->if_contains(*index) : nullptr;
    } else {
      at = nullptr;
    }
    if (at == nullptr) return std::nullopt;
  }
  if (at->is_string()) return std::string(at->get_string());
  if (at->is_number() || at->is_bool()) return write_json(*at);
  return std::nullopt;
}

}  // namespace postroom
