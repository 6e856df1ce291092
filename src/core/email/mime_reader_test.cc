#include "core/email/mime_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace postroom::email {
namespace {

using testing::ElementsAre;

TEST(MimeReader, Fields) {
  MimeFields fields;
  const std::string text = "A: one\r\nlong:  two\r\n\tthree \r\n four\nno name\n : odd\nA:again\r\n\r\nbody";
  EXPECT_EQ(text.substr(fields.read(text)), "body");
  EXPECT_EQ(fields.get("LONG"), "two three four");
  EXPECT_THAT(fields.all("a"), ElementsAre("one", "again"));
  EXPECT_EQ(fields.get("odd"), "");
}

TEST(MimeReader, Parameters) {
  EXPECT_EQ(parameter_of("multipart/report; report-type=delivery-status; boundary=\"a;b\\\"c\"", "boundary"),
            "a;b\"c");
  EXPECT_EQ(parameter_of("multipart/report; REPORT-TYPE = delivery-status ; boundary=x", "report-type"),
            "delivery-status");
  for (const char* none : {"", ";", "text/plain", "a/b; boundary", "a/b; ;x=y", "a/b; boundary=\""})
    EXPECT_EQ(parameter_of(none, "boundary"), "") << none;
}

TEST(MimeReader, Parts) {
  const MimeMessage message = read_mime(
      "From someone Mon Mar  2 09:15:00 2026\nContent-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n"
      "Content-Type: TEXT/Plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\na=3Db=\nc=20\n--b  "
      "\n"
      "Content-Transfer-Encoding: base64\n\naGVs\nbG8\n--bad\n--b--\nepilogue\n--b\n\nno part\n");
  EXPECT_EQ(message.type, "multipart/mixed");
  ASSERT_EQ(message.parts.size(), 2u);
  EXPECT_EQ(message.parts[0].type, "text/plain");
  EXPECT_EQ(message.parts[0].body, "a=bc \n");
  EXPECT_THAT(message.parts[1].body, testing::StartsWith("hello"));
}

TEST(MimeReader, ACutMessageGivesWhatThereIs) {
  const MimeMessage message =
      read_mime("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntw");
  ASSERT_EQ(message.parts.size(), 2u);
  EXPECT_EQ(message.parts[0].body, "one\r\n");
  EXPECT_EQ(message.parts[1].body, "tw");
}

TEST(MimeReader, AMessageThatIsNoMultipartIsItsOwnPart) {
  const MimeMessage message = read_mime("Subject: x\n\nhello");
  ASSERT_EQ(message.parts.size(), 1u);
  EXPECT_EQ(message.parts[0].type, "text/plain");
  EXPECT_EQ(message.parts[0].body, "hello");
  EXPECT_EQ(read_mime("").parts.size(), 1u);
  EXPECT_EQ(read_mime("Content-Type: multipart/mixed\n\n--b\n").parts.size(), 1u);
}

TEST(MimeReader, HostileInputIsReadInLinearTime) {
  const auto start = std::chrono::steady_clock::now();
  std::string many = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 100'000; ++i) many += "--b\n";
  EXPECT_LE(read_mime(many).parts.size(), kMimePartsMax);
  read_mime("A:" + std::string(1'000'000, ' ') + "\n" + std::string(1'000'000, '\t'));
  std::string folded = "A: x\n";
  for (int i = 0; i < 300'000; ++i) folded += " y\n";
  read_mime(folded);
  read_mime("Content-Transfer-Encoding: quoted-printable\n\n" + std::string(1'000'000, '='));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace postroom::email
