// JSON is Boost.JSON behind a short name, with our limits and our number writer.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom {

namespace json = boost::json;

// Nesting that a document from outside may have.
inline constexpr std::size_t kJsonDepthMax = 128;

// invalid_input on anything but one well-formed UTF-8 document; the last of duplicate keys wins; member order
// is kept. A leading byte-order mark is skipped.
Result<json::value> parse_json(std::string_view text);

// Compact text. Doubles are written in shortest round-trip form, always with a fraction or an exponent
// ("12.5", "100000.0", "1e+20"), as Python writes them; Boost's own writer gives "1.25E1".
std::string write_json(const json::value& value);
std::string write_double(double value);

// Appends `text` quoted and escaped; ill-formed UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// Members of an object, for documents that we wrote ourselves: nothing when absent, null or of another type.
std::optional<std::string> get_string(const json::object& object, std::string_view key);
std::optional<std::int64_t> get_int(const json::object& object, std::string_view key);
std::optional<bool> get_bool(const json::object& object, std::string_view key);
// An array of strings; other items are left out; empty when absent.
std::vector<std::string> get_strings(const json::object& object, std::string_view key);

}  // namespace postroom
