#include "core/accounts/api_key.h"

#include "base/text.h"

namespace postroom::accounts {

std::string_view to_string(KeyType type) {
  switch (type) {
    case KeyType::normal: return "normal";
    case KeyType::team: return "team";
    case KeyType::test: return "test";
  }
  return "";
}

std::optional<KeyType> parse_key_type(std::string_view text) {
  if (text == "normal") return KeyType::normal;
  if (text == "team") return KeyType::team;
  if (text == "test") return KeyType::test;
  return std::nullopt;
}

std::string client_string(const ApiKey& key) {
  std::string name;
  for (char c : to_lower(key.name)) {
    if (is_ascii_alnum(c))
      name += c;
    else if (is_ascii_space(c) && (name.empty() || name.back() != '_'))
      name += '_';
  }
  return name + "-" + key.service_id.text() + "-" + key.secret;
}

}  // namespace postroom::accounts
