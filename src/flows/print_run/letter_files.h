// A letter's PDF in storage.
#pragma once

#include <string>

#include "core/letters/file_names.h"
#include "core/notifications/notification.h"
#include "ports/blob_store.h"
#include "ports/letter_places.h"
#include "ports/letter_store.h"

namespace postroom::flows {

struct LetterFile {
  ports::Bucket bucket = ports::Bucket::letters_pdf;
  ports::BlobInfo blob;
};

// Safe from several threads. The store and the zone must outlive it.
class LetterFiles {
 public:
  LetterFiles(ports::BlobStore& blobs, const letters::PrintCalendar& calendar)
      : blobs_(blobs), calendar_(calendar) {}

  // The file of a letter in its present state. Looked up by reference, so that it is found although postage or
  // the form of names has changed since it was stored. not_found when there is none.
  Result<LetterFile> find(const notifications::Notification& letter) const;
  Result<LetterFile> find(const ports::LetterCandidate& letter) const;
  // The letter's file in that place, whatever its state.
  Result<LetterFile> find_at(const letters::PdfLocation& location, const notifications::Notification& letter) const;
  Result<Bytes> read(const notifications::Notification& letter) const;

  // Stores a rendered PDF where find() looks for it, in place of any earlier one of the letter, and gives its key.
  Result<std::string> store(const notifications::Notification& letter, BytesView pdf) const;

 private:
  Result<LetterFile> find_in(const letters::PdfLocation& location, std::string_view reference,
                             notifications::Postage postage, UtcTime created_at) const;

  ports::BlobStore& blobs_;
  letters::PrintCalendar calendar_;
};

using ports::bucket_of;

}  // namespace postroom::flows
