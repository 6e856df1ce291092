#include "flows/documents/document_seal.h"

#include "base/key_ring.h"

namespace postroom::flows {
namespace {

// `key` has the length of a ring's keys: parse_link() and uploads see to that.
KeyRing ring_of(BytesView key) { return KeyRing::parse("1 " + to_hex(key) + "\n").value(); }

std::string context_of(DocumentId id, std::string_view part) {
  return "document:" + id.text() + ":" + std::string(part);
}

}  // namespace

Bytes seal_document(BytesView key, DocumentId id, std::string_view part, BytesView plain, Random& random) {
  return ring_of(key).seal(plain, context_of(id, part), random);
}

Result<Bytes> open_document(BytesView key, DocumentId id, std::string_view part, BytesView sealed) {
  return ring_of(key).open(sealed, context_of(id, part));
}

std::string document_blob_key(ServiceId service, DocumentId id) { return service.text() + '/' + id.text(); }

}  // namespace postroom::flows
