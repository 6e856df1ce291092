// Whether a file may be sent by email, and what it is called. Pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/documents/file_type.h"

namespace postroom::documents {

inline constexpr std::size_t kFileNameCharactersMax = 100;

struct SentFile {
  std::string_view content_base64;            // RFC 4648 section 4; line breaks are tolerated
  std::optional<std::string_view> file_name;  // none: the content says what it is
  bool is_csv = false;                        // without a name: text is a table
};

struct AcceptedFile {
  Bytes content;
  FileType type = FileType::txt;
  std::string file_name;  // as given, else made of the type: "document.pdf"
};

// invalid_input with a message for the sender that names the fault, the limit and the remedy: not base64, empty,
// more than `bytes_max` (which itself is allowed), a bad name, a type that may not be sent, content of another
// type.
Result<AcceptedFile> check_file(const SentFile& file, std::size_t bytes_max);

// "2 MB", "1.5 MB", "600 KB", "12 bytes", in steps of 1024 as file managers show them.
std::string readable_size(std::uint64_t bytes);

}  // namespace postroom::documents
