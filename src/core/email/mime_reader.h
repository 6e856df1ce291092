// As much of MIME (RFC 2045, 2046) as reports of mail servers need. Pure; linear in its input; never fails: what
// cannot be read is left out.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postroom::email {

inline constexpr std::size_t kMimeHeadersMax = 500;
inline constexpr std::size_t kMimePartsMax = 50;
inline constexpr std::size_t kMimeHeaderBytesMax = 16 * 1024;  // of one header; more is cut

// Fields with names, unfolded. Views into the text that was read would not do: folded values are joined.
class MimeFields {
 public:
  // Up to an empty line, whose place is returned: where the rest of `text` begins.
  std::size_t read(std::string_view text);
  // The first of that name, in any case; empty when absent.
  std::string_view get(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;
  bool empty() const { return fields_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct MimePart {
  MimeFields headers;
  std::string type;  // lower case, "text/plain" when it does not say
  std::string body;  // decoded
};

// The message's headers, and its parts when it is a multipart: those of the outermost level only. A message that is
// none is its own only part.
struct MimeMessage {
  MimeFields headers;
  std::string type;
  std::vector<MimePart> parts;
};
MimeMessage read_mime(std::string_view message);

// "delivery-status" of report-type in "multipart/report; report-type=delivery-status; boundary=x".
std::string parameter_of(std::string_view content_type, std::string_view name);

}  // namespace postroom::email
