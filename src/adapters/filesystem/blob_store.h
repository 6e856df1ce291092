// Blobs as sealed files in a folder tree: ROOT/BUCKET/KEY.
#pragma once

#include <memory>
#include <string>

#include "base/key_ring.h"
#include "base/random.h"
#include "ports/blob_store.h"

namespace postroom::filesystem {

// Each file is one KeyRing record bound to bucket and key, so that a file put in another's place does not open.
// Several processes may share a root. Safe from several threads.
class FilesystemBlobStore final : public ports::BlobStore {
 public:
  static constexpr std::uint64_t kObjectBytesMax = 1ULL << 30;
  static constexpr std::size_t kKeyBytesMax = 512;
  static constexpr std::size_t kKeySegmentBytesMax = 200;  // file systems stop at 255

  // Makes the root with mode 0700 where it is missing, and removes temporary files that a crash left. `ring`
  // and `random` must outlive the store.
  static Result<std::unique_ptr<FilesystemBlobStore>> open(std::string root, const KeyRing& ring, Random& random);

  Result<void> put(ports::Bucket bucket, std::string_view key, BytesView content) override;
  Result<Bytes> get(ports::Bucket bucket, std::string_view key) override;
  Result<ports::BlobInfo> stat(ports::Bucket bucket, std::string_view key) override;
  // Holds the names of one folder at a time, not its objects. A key put or removed meanwhile may be missed.
  Result<void> list(ports::Bucket bucket, std::string_view prefix,
                    const std::function<void(const ports::BlobInfo&)>& visit) override;
  Result<void> remove(ports::Bucket bucket, std::string_view key) override;

 private:
  FilesystemBlobStore(std::string root, const KeyRing& ring, Random& random)
      : root_(std::move(root)), ring_(ring), random_(random) {}

  std::string path_of(ports::Bucket bucket, std::string_view key) const;

  std::string root_;
  const KeyRing& ring_;
  Random& random_;
};

// invalid_input unless `key` is as BlobStore says: no empty segment, none that starts with a dot.
Result<void> check_blob_key(std::string_view key);

}  // namespace postroom::filesystem
