#include "core/documents/document_link.h"

#include <fmt/format.h>

#include "base/json.h"

namespace postroom::documents {
namespace {

template <typename IdType>
std::optional<IdType> id_from(std::string_view text) {
  auto bytes = from_base64url(text);
  auto id = bytes ? IdType::from_bytes(*bytes) : std::nullopt;
  // One address for each file: spellings that only decode to the same are refused.
  return id && to_base64url(id->bytes()) == text ? id : std::nullopt;
}

}  // namespace

std::string link_path(const DocumentLink& link) {
  return fmt::format("/d/{}/{}?key={}", to_base64url(link.service.bytes()), to_base64url(link.document.bytes()),
                     to_base64url(link.key));
}

std::optional<DocumentLink> parse_link(std::string_view service, std::string_view document, std::string_view key) {
  auto service_id = id_from<ServiceId>(service);
  auto document_id = id_from<DocumentId>(document);
  auto key_bytes = from_base64url(key);
  if (!service_id || !document_id || !key_bytes || key_bytes->size() != kDocumentKeyBytes) return std::nullopt;
  return DocumentLink{*service_id, *document_id, std::move(*key_bytes)};
}

std::string details_text(const DocumentDetails& details) {
  return write_json(json::object{{"file_name", details.file_name},
                                 {"type", to_string(details.type)},
                                 {"confirm_address", details.confirm_address}});
}

Result<DocumentDetails> parse_details(std::string_view text) {
  auto parsed = parse_json(text);
  if (parsed && parsed->is_object()) {
    const json::object& object = parsed->get_object();
    auto type = parse_file_type(get_string(object, "type").value_or(""));
    auto name = get_string(object, "file_name");
    if (type && name) return DocumentDetails{*name, *type, get_string(object, "confirm_address").value_or("")};
  }
  return fail(ErrorKind::corrupt, "a document's details do not read back");
}

}  // namespace postroom::documents
