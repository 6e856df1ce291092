#include "flows/ready_letters/letter_sweep.h"

#include <string>
#include <vector>

#include "base/log.h"
#include "flows/ready_letters/letter_filing.h"
#include "flows/ready_letters/letter_uploads.h"

namespace postroom::flows {

using ports::Bucket;

Result<int> sweep_letter_files(ports::BlobStore& blobs, const Clock& clock) {
  const struct {
    Bucket bucket;
    Duration kept;
  } kRules[] = {{Bucket::letter_originals, kOriginalsKept},
                {Bucket::preview_cache, kPreviewsKept},
                {Bucket::transient_letters, kUploadsKept},
                {Bucket::letters_scan, kScanFilesKept}};
  int removed = 0;
  for (const auto& rule : kRules) {
    const UtcTime before = clock.now() - rule.kept;
    std::vector<std::string> old;
    POSTROOM_CHECK(blobs.list(rule.bucket, "", [&](const ports::BlobInfo& blob) {
      if (blob.modified_at < before) old.push_back(blob.key);
    }));
    for (const std::string& key : old) POSTROOM_CHECK(blobs.remove(rule.bucket, key));
    removed += static_cast<int>(old.size());
  }
  if (removed > 0) log_info("letters.files_swept", {{"files", removed}});
  return removed;
}

}  // namespace postroom::flows
