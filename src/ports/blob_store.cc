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
  }
  return "";
}

}  // namespace postroom::ports
