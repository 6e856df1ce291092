#include "flows/ready_letters/scan_files.h"

namespace postroom::flows {

using ports::Bucket;

Result<LetterFile> ScanFiles::find_in(std::string_view folder, const notifications::Notification& letter) const {
  return files_.find_at({letters::PdfPlace::letters_scan, std::string(folder)}, letter);
}

Result<void> ScanFiles::copy_aside(std::string_view folder, const LetterFile& file) const {
  POSTROOM_TRY(content, blobs_.get(file.bucket, file.blob.key));
  return blobs_.put(Bucket::letters_scan, std::string(folder) + std::string(letters::base_name(file.blob.key)),
                    content);
}

Result<LetterFile> ScanFiles::take_back(const LetterFile& aside) const {
  LetterFile file{Bucket::letters_scan, aside.blob};
  file.blob.key = std::string(letters::base_name(aside.blob.key));
  POSTROOM_TRY(content, blobs_.get(aside.bucket, aside.blob.key));
  POSTROOM_CHECK(blobs_.put(file.bucket, file.blob.key, content));
  POSTROOM_CHECK(blobs_.remove(aside.bucket, aside.blob.key));
  return file;
}

Result<void> ScanFiles::remove(const notifications::Notification& letter) const { return remove_in("", letter); }

Result<void> ScanFiles::remove_in(std::string_view folder, const notifications::Notification& letter) const {
  auto file = find_in(folder, letter);
  if (!file && file.error().kind == ErrorKind::not_found) return {};
  if (!file) return fail(std::move(file).error());
  return blobs_.remove(file->bucket, file->blob.key);
}

}  // namespace postroom::flows
