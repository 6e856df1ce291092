// What a stored file's page address is made of, and what is known of the file once its key is there. Pure and
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "core/documents/file_type.h"

namespace postroom::documents {

inline constexpr std::size_t kDocumentKeyBytes = 32;

// The key encrypts the file and its details. It is in the link only, so that neither store nor files tell without
// it.
struct DocumentLink {
  ServiceId service;
  DocumentId document;
  Bytes key;  // kDocumentKeyBytes

  friend bool operator==(const DocumentLink&, const DocumentLink&) = default;
};

// "/d/SERVICE/DOCUMENT?key=KEY", each part base64url.
std::string link_path(const DocumentLink& link);
// From the parts of such a path. Nothing when one of them is not what link_path() writes.
std::optional<DocumentLink> parse_link(std::string_view service, std::string_view document, std::string_view key);

struct DocumentDetails {
  std::string file_name;
  FileType type = FileType::txt;
  std::string confirm_address;  // normalised email address that must be given first; empty: none

  friend bool operator==(const DocumentDetails&, const DocumentDetails&) = default;
};

// The text that is encrypted, and back. corrupt when `text` is no such text.
std::string details_text(const DocumentDetails& details);
Result<DocumentDetails> parse_details(std::string_view text);

}  // namespace postroom::documents
