// Varied: buckets, zip states and headers. Names stored on disk or in rows never change.
#include <gtest/gtest.h>

#include "ports/blob_store.h"
#include "ports/http_client.h"
#include "ports/letter_store.h"

namespace postroom::ports {
namespace {

TEST(BucketNames, AreFixed) {
  for (auto [bucket, name] : {std::pair{Bucket::letters_pdf, "letters-pdf"},
                              {Bucket::test_letters, "test-letters"},
                              {Bucket::letters_scan, "letters-scan"},
                              {Bucket::invalid_letters, "letters-invalid-pdf"},
                              {Bucket::print_responses, "print-responses"},
                              {Bucket::job_files, "job-files"},
                              {Bucket::transient_letters, "transient-uploaded-letters"},
                              {Bucket::documents, "documents"},
                              {Bucket::letter_records, "letter-records"},
                              {Bucket::letter_logos, "letter-logos"},
                              {Bucket::letter_originals, "letters-precompiled-originals-backup"},
                              {Bucket::letter_attachments, "letter-attachments"},
                              {Bucket::preview_cache, "template-preview-cache"}}) {
    EXPECT_EQ(to_string(bucket), name);
  }
}

TEST(ZipStateNames, ReadBack) {
  for (auto [state, name] : {std::pair{ZipState::planned, "planned"},
                             {ZipState::uploading, "uploading"},
                             {ZipState::uploaded, "uploaded"},
                             {ZipState::failed, "failed"}}) {
    EXPECT_EQ(to_string(state), name);
    EXPECT_EQ(parse_zip_state(name), state);
  }
  EXPECT_FALSE(parse_zip_state("sent"));
}

TEST(HttpResponse, FindsHeadersInAnyCase) {
  HttpResponse response{200, {{"Retry-After", "5"}, {"retry-after", "6"}}, ""};
  EXPECT_EQ(response.header("RETRY-AFTER"), "5");
  EXPECT_FALSE(response.header("Retry"));
}

}  // namespace
}  // namespace postroom::ports
