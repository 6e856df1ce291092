#include "flows/print_run/letter_files.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/log.h"

namespace postroom::flows {

using letters::PdfLocation;
using notifications::Postage;

Result<LetterFile> LetterFiles::find_in(const PdfLocation& location, std::string_view reference, Postage postage,
                                        UtcTime created_at) const {
  const ports::Bucket bucket = bucket_of(location.place);
  // Nearly always the name is the one we would give today: one look instead of a listing, which would read a
  // day's whole folder for each of its letters.
  auto exact = blobs_.stat(bucket, location.folder + letters::pdf_file_name(reference, postage, created_at));
  if (exact) return LetterFile{bucket, std::move(*exact)};
  if (exact.error().kind != ErrorKind::not_found) return fail(exact.error());

  std::optional<ports::BlobInfo> first;
  int found = 0;
  POSTROOM_CHECK(
      blobs_.list(bucket, letters::pdf_prefix(location.folder, reference), [&](const ports::BlobInfo& info) {
        if (!letters::is_pdf_key(info.key)) return;
        if (++found == 1) first = info;
      }));
  if (!first) return fail(ErrorKind::not_found, fmt::format("no PDF of letter {} is stored", reference));
  if (found > 1) {
    log_warning("letters.several_pdfs",
                {{"reference", reference}, {"used", letters::base_name(first->key)}, {"count", found}});
  }
  return LetterFile{bucket, std::move(*first)};
}

Result<LetterFile> LetterFiles::find(const notifications::Notification& letter) const {
  return find_in(letters::pdf_location(letter.status, letter.key_type, letter.created_at, calendar_),
                 letter.reference, letter.postage.value_or(Postage::second), letter.created_at);
}

Result<LetterFile> LetterFiles::find_at(const PdfLocation& location,
                                        const notifications::Notification& letter) const {
  return find_in(location, letter.reference, letter.postage.value_or(Postage::second), letter.created_at);
}

Result<LetterFile> LetterFiles::find(const ports::LetterCandidate& letter) const {
  return find_in(letters::pdf_location(notifications::NotificationStatus::created, accounts::KeyType::normal,
                                       letter.created_at, calendar_),
                 letter.reference, letter.postage, letter.created_at);
}

Result<Bytes> LetterFiles::read(const notifications::Notification& letter) const {
  POSTROOM_TRY(file, find(letter));
  return blobs_.get(file.bucket, file.blob.key);
}

Result<std::string> LetterFiles::store(const notifications::Notification& letter, BytesView pdf) const {
  const PdfLocation location = letters::pdf_location(letter.status, letter.key_type, letter.created_at, calendar_);
  const ports::Bucket bucket = bucket_of(location.place);
  const Postage postage = letter.postage.value_or(Postage::second);
  std::string key = location.folder + letters::pdf_file_name(letter.reference, postage, letter.created_at);
  POSTROOM_CHECK(blobs_.put(bucket, key, pdf));
  // A file left from before a change of postage would be found instead of this one. Each is tried by its name: a
  // listing would read a day's whole folder for each of its letters.
  for (Postage other :
       {Postage::first, Postage::second, Postage::economy, Postage::europe, Postage::rest_of_world}) {
    if (other == postage) continue;
    POSTROOM_CHECK(blobs_.remove(
        bucket, location.folder + letters::pdf_file_name(letter.reference, other, letter.created_at)));
  }
  return key;
}

}  // namespace postroom::flows
