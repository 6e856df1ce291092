#include "ports/blob_store.h"

namespace postroom::ports {

std::string_view to_string(Bucket bucket) {
  switch (bucket) {
    case Bucket::letters_pdf: return "letters-pdf";
    case Bucket::test_letters: return "test-letters";
    case Bucket::letters_scan: return "letters-scan";
    case Bucket::invalid_letters: return "letters-invalid-pdf";
    case Bucket::print_responses: return "print-responses";
    case Bucket::job_files: return "job-files";
    case Bucket::transient_letters: return "transient-uploaded-letters";
    case Bucket::documents: return "documents";
    case Bucket::letter_records: return "letter-records";
    case Bucket::letter_logos: return "letter-logos";
    case Bucket::letter_originals: return "letters-precompiled-originals-backup";
    case Bucket::letter_attachments: return "letter-attachments";
    case Bucket::preview_cache: return "template-preview-cache";
  }
  return "";
}

}  // namespace postroom::ports
