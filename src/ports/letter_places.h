// In which bucket a letter's PDF lies.
#pragma once

#include "core/letters/file_names.h"
#include "ports/blob_store.h"

namespace postroom::ports {

inline Bucket bucket_of(letters::PdfPlace place) {
  switch (place) {
    case letters::PdfPlace::letters_pdf: return Bucket::letters_pdf;
    case letters::PdfPlace::test_letters: return Bucket::test_letters;
    case letters::PdfPlace::letters_scan: return Bucket::letters_scan;
    case letters::PdfPlace::invalid_letters: return Bucket::invalid_letters;
  }
  return Bucket::letters_pdf;
}

}  // namespace postroom::ports
