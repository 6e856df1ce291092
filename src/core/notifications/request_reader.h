// Reads the properties of a request and collects everything that is wrong with them.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"

namespace postroom::notifications {

// One message for each fault, in the order in which callers are promised to get them: faults of properties in the
// order of reading, then missing properties, then unexpected ones. No message twice.
using FieldErrors = std::vector<std::string>;

// Each method reads one property, once. An absent property gives nothing and is no fault unless required; a
// faulty one gives nothing and adds one message that starts with the property's name.
class RequestReader {
 public:
  explicit RequestReader(json::object& object) : object_(object) {}

  // At most `characters_max` code points.
  std::optional<std::string> text(std::string_view name, std::size_t characters_max = std::string::npos);
  // As people and libraries write them: see Uuid::parse_lenient.
  std::optional<Uuid> id(std::string_view name);
  // Moved out of the document.
  std::optional<json::object> object(std::string_view name);
  // Strings; null items are left out and null stands for no list.
  std::vector<std::string> texts(std::string_view name);
  // An absolute https URL with a host, in the characters of RFC 3986.
  std::optional<std::string> https_url(std::string_view name);
  // Null, or an ISO 8601 date or time from `now` to `ahead` later. UTC unless it has an offset.
  std::optional<UtcTime> time_ahead(std::string_view name, UtcTime now, std::chrono::hours ahead);
  // The value if it is there, for fields with rules of their own.
  const json::value* peek(std::string_view name);

  // "NAME REASON"; again the same is not added.
  void refuse(std::string_view name, std::string_view reason);
  void refuse_type(std::string_view name, std::string_view type, const json::value& value);

  void require(std::initializer_list<std::string_view> names);
  // Members that no method has read.
  void refuse_unexpected();

  bool ok() const { return errors_.empty(); }
  FieldErrors take_errors() { return std::move(errors_); }

 private:
  void add(std::string message);

  json::object& object_;
  std::vector<std::string_view> known_;
  FieldErrors errors_;
};

// One message for names that have no place in a request: "apple, zebra are not known …". Sorts `names`.
std::string describe_unexpected(std::vector<std::string> names);

// How many code points well-formed UTF-8 has.
std::size_t count_characters(std::string_view text);

}  // namespace postroom::notifications
