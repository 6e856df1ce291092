// Varied: links and details. What is written must read back, and nothing else may be a link.
#include "core/documents/document_link.h"

#include <gtest/gtest.h>

namespace postroom::documents {
namespace {

DocumentLink a_link() {
  SeededRandom random(5);
  return {ServiceId{Uuid::random(random)}, DocumentId{Uuid::random(random)}, random.bytes(kDocumentKeyBytes)};
}

TEST(DocumentLink, ReadsBack) {
  const DocumentLink link = a_link();
  const std::string path = link_path(link);
  EXPECT_EQ(path.size(), 3 + 22 + 1 + 22 + 5 + 43U) << path;
  EXPECT_EQ(parse_link(path.substr(3, 22), path.substr(26, 22), path.substr(53)), link);
}

TEST(DocumentLink, OtherTextsAreNone) {
  const DocumentLink link = a_link();
  const std::string service = to_base64url(link.service.bytes()), document = to_base64url(link.document.bytes()),
                    key = to_base64url(link.key);
  EXPECT_TRUE(parse_link(service, document, key));
  for (std::string bad :
       {std::string(), std::string("x"), link.service.text(), service + "A", "." + service.substr(1)}) {
    EXPECT_FALSE(parse_link(bad, document, key)) << bad;
    EXPECT_FALSE(parse_link(service, bad, key)) << bad;
    EXPECT_FALSE(parse_link(service, document, bad)) << bad;
  }
  EXPECT_FALSE(parse_link(service, document, key.substr(0, 42)));
  EXPECT_FALSE(parse_link(service, document + "==", key));
}

TEST(DocumentDetails, ReadBack) {
  for (const char* address : {"", "ann@example.org"}) {
    const DocumentDetails details{"Привет \"x\".pdf", FileType::pdf, address};
    EXPECT_EQ(parse_details(details_text(details)), details);
  }
  for (const char* text : {"", "[]", "{}", R"({"file_name":"a"})", R"({"file_name":"a","type":"exe"})"}) {
    auto parsed = parse_details(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::corrupt);
  }
}

}  // namespace
}  // namespace postroom::documents
