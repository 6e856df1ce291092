// Files: rendered letters, uploads, print records. Keys are paths of letters, digits and "._-" with "/" between,
// at most 512 characters, 200 between slashes; no part is empty or starts with a dot. Nothing personal is in a
// key, and no key is also the folder of another ("a" beside "a/b").
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::ports {

// Logical buckets; each adapter maps them to folders or bucket names.
enum class Bucket {
  letters_pdf,
  test_letters,
  letters_scan,
  invalid_letters,
  print_responses,
  job_files,
  transient_letters,
  documents,
  letter_records,
  letter_logos,
  letter_originals,    // ready PDFs as they came
  letter_attachments,  // appended to letters of templates
  preview_cache
};
// "letters-pdf" for letters_pdf.
std::string_view to_string(Bucket bucket);

struct BlobInfo {
  std::string key;
  std::uint64_t size = 0;  // of the content as put
  UtcTime modified_at;
};

// Safe from several threads. retry_later when the storage is away or full; invalid_input for a bad key.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // Writes the whole object or nothing, durably. An existing key is replaced.
  virtual Result<void> put(Bucket bucket, std::string_view key, BytesView content) = 0;
  virtual Result<Bytes> get(Bucket bucket, std::string_view key) = 0;      // not_found
  virtual Result<BlobInfo> stat(Bucket bucket, std::string_view key) = 0;  // not_found
  // Every object whose key starts with `prefix`, by key; calls `visit` for each without loading all.
  virtual Result<void> list(Bucket bucket, std::string_view prefix,
                            const std::function<void(const BlobInfo&)>& visit) = 0;
  virtual Result<void> remove(Bucket bucket, std::string_view key) = 0;  // an absent key is no error
};

}  // namespace postroom::ports
