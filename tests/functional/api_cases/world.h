// The world that the rows of public-api-cases.json speak of, stored through the ports.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/time.h"
#include "case_file.h"
#include "flows/send/document_service.h"
#include "ports/blob_store.h"
#include "ports/database.h"

namespace postroom::api_cases {

// Files in memory. Safe from several threads.
class MemoryBlobs final : public ports::BlobStore {
 public:
  Result<void> put(ports::Bucket bucket, std::string_view key, BytesView content) override;
  Result<Bytes> get(ports::Bucket bucket, std::string_view key) override;
  Result<ports::BlobInfo> stat(ports::Bucket bucket, std::string_view key) override;
  Result<void> list(ports::Bucket bucket, std::string_view prefix,
                    const std::function<void(const ports::BlobInfo&)>& visit) override;
  Result<void> remove(ports::Bucket bucket, std::string_view key) override;

 private:
  std::mutex mutex_;
  std::map<std::pair<ports::Bucket, std::string>, Bytes> files_;
};

// Takes every file but one, which it calls infected.
class FakeDocuments final : public flows::DocumentService {
 public:
  flows::Outcome<std::string> upload(const flows::DocumentUpload& upload) override;
  std::string test_link(ServiceId service) const override;
};

struct World {
  // "SERVICE/NAME" to text; see Names.
  std::map<std::string, std::string, std::less<>> values;

  Names names() const;
};

// Stores the world. Throws std::runtime_error when the database refuses.
World build_world(ports::Database& database, Random& random, UtcTime now);
// Puts the PDFs of the world's letters where the API looks for them.
void store_pdfs(ports::Database& database, ports::BlobStore& blobs, const World& world);

}  // namespace postroom::api_cases
