// API keys. The secret signs tokens (HS256), so it must be readable; stores encrypt it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace postroom::accounts {

enum class KeyType {
  normal,  // anyone, for real
  team,    // the team and its guest list only, never letters
  test,    // anyone, never delivered
};

std::string_view to_string(KeyType type);
std::optional<KeyType> parse_key_type(std::string_view text);

struct ApiKey {
  ApiKeyId id;
  ServiceId service_id;
  std::string name;  // unique among the service's keys that are not revoked
  KeyType type = KeyType::normal;
  std::string secret;  // UUIDv4 text, its 36 bytes are the HMAC key
  UtcTime created_at;
  std::optional<UtcTime> revoked_at;

  friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

// "name-serviceid-secret", the text that client libraries take.
std::string client_string(const ApiKey& key);

}  // namespace postroom::accounts
