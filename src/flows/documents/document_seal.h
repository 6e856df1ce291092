// Encryption under the key in a document's link. A ring of that one key, so that the records are of the same form
// as all others at rest.
#pragma once

#include <string_view>

#include "base/ids.h"
#include "base/random.h"
#include "base/result.h"

namespace postroom::flows {

// `part` keeps details and content of one document apart.
Bytes seal_document(BytesView key, DocumentId id, std::string_view part, BytesView plain, Random& random);
// corrupt when the key is another, or the record was altered or moved.
Result<Bytes> open_document(BytesView key, DocumentId id, std::string_view part, BytesView sealed);

inline constexpr std::string_view kDetailsPart = "details";
inline constexpr std::string_view kContentPart = "content";

// Where the content lies in Bucket::documents.
std::string document_blob_key(ServiceId service, DocumentId id);

}  // namespace postroom::flows
