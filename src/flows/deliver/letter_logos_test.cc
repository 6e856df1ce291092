// A service's logo from when it is handed in to when it is taken off, and while its file is away.
#include "flows/deliver/letter_logos.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "ports/testing_stores.h"

namespace postroom::flows {
namespace {

// Takes "picture:" and what follows it.
class FakeReader final : public ports::LogoReader {
 public:
  Result<pdf::Picture> read(BytesView file) override {
    if (!file.starts_with("picture:")) return fail(ErrorKind::invalid_input, "no picture");
    return pdf::Picture{.width = 2,
                        .height = 1,
                        .ratio = 2,
                        .entries = "/Subtype/Form",
                        .content = Bytes(file.substr(8)),
                        .mask_entries = {},
                        .mask = {}};
  }
};

class LetterLogosTest : public testing::Test {
 protected:
  LetterLogosTest() {
    service_.id = ServiceId{Uuid::random(random_)};
    service_.name = "Council";
    EXPECT_TRUE(services_.create(service_));
  }
  accounts::Service stored() { return *services_.find(service_.id); }
  std::string content_now() {
    auto logo = logos_.of(service_.id);
    EXPECT_TRUE(logo) << logo.error().message;
    return logo && logo->picture ? logo->picture->content : "none";
  }
  int files() {
    int count = 0;
    EXPECT_TRUE(blobs_.list(ports::Bucket::letter_logos, "", [&](const ports::BlobInfo&) { ++count; }));
    return count;
  }

  SeededRandom random_{7};
  MovableClock clock_{*parse_rfc3339("2026-07-03T08:00:00Z")};
  ports::testing::MemoryServiceStore services_;
  ports::testing::MemoryBlobStore blobs_;
  FakeReader reader_;
  accounts::Service service_;
  LetterLogos logos_{services_, blobs_, reader_, clock_};
};

TEST_F(LetterLogosTest, TP8_NoneUntilOneIsSetThenThatThenTheNextThenNone) {
  EXPECT_EQ(content_now(), "none");
  EXPECT_EQ(logos_.of(service_.id)->name, "Council");
  ASSERT_TRUE(logos_.set(stored(), "picture:first"));
  EXPECT_EQ(content_now(), "first");
  ASSERT_TRUE(logos_.set(stored(), "picture:second"));
  EXPECT_EQ(content_now(), "second");
  EXPECT_EQ(files(), 1);
  ASSERT_TRUE(logos_.set(stored(), "picture:second")) << "the same again";
  EXPECT_EQ(files(), 1);
  EXPECT_EQ(content_now(), "second");
  ASSERT_TRUE(logos_.remove(stored()));
  EXPECT_EQ(content_now(), "none");
  EXPECT_EQ(files(), 0);
}

TEST_F(LetterLogosTest, WhatCannotBeReadChangesNothing) {
  ASSERT_TRUE(logos_.set(stored(), "picture:first"));
  EXPECT_EQ(logos_.set(stored(), "nonsense").error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(content_now(), "first");
}

TEST_F(LetterLogosTest, TP8_AMissingOrDamagedFileIsTriedAgain) {
  ASSERT_TRUE(logos_.set(stored(), "picture:first"));
  std::string key = stored().letter_logo;
  Bytes kept = *blobs_.get(ports::Bucket::letter_logos, key);
  for (bool damaged : {false, true}) {
    ASSERT_TRUE(damaged ? blobs_.put(ports::Bucket::letter_logos, key, "half")
                        : blobs_.remove(ports::Bucket::letter_logos, key));
    auto logo = LetterLogos(services_, blobs_, reader_, clock_).of(service_.id);
    ASSERT_FALSE(logo);
    EXPECT_EQ(logo.error().kind, ErrorKind::retry_later);
    EXPECT_NE(logo.error().message.find("service letter-logo"), std::string::npos);
  }
  ASSERT_TRUE(blobs_.put(ports::Bucket::letter_logos, key, kept));
  EXPECT_EQ(content_now(), "first");
}

}  // namespace
}  // namespace postroom::flows
