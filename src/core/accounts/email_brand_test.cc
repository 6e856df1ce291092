// Varied: which parts of a brand are there, and what they hold. What cannot be shown, or not be read by everyone,
// must be refused with the field's name.
#include "core/accounts/email_brand.h"

#include <gtest/gtest.h>

namespace postroom::accounts {
namespace {

constexpr const char* kLogo = "https://logo.example/a.png";

TEST(EmailBrand, LayoutsTakeWhatTheyShow) {
  const EmailBrand good[] = {
      {},
      {EmailLayout::both, "Harbour", "", kLogo, "#123456"},
      {EmailLayout::brand, "", "Harbour", kLogo, ""},
      {EmailLayout::brand_banner, "Harbour", "", "", "#123456"},
      {EmailLayout::brand_banner, "", "Harbour", kLogo, ""},
      {EmailLayout::brand_banner, "Harbour", "", "http://logo.example/a.png", ""},
  };
  for (const EmailBrand& brand : good) {
    auto checked = check(brand);
    EXPECT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(email_brand_from_json(to_json(brand)), brand);
  }
}

TEST(EmailBrand, FaultsNameTheirField) {
  const std::pair<EmailBrand, const char*> bad[] = {
      {{EmailLayout::platform, "Harbour", "", "", ""}, "layout 'platform'"},
      {{EmailLayout::platform, "", "", "", "#123456"}, "layout 'platform'"},
      {{EmailLayout::brand, "Harbour", "", "", ""}, "layout 'brand' shows a logo"},
      {{EmailLayout::both, "Harbour", "", "", ""}, "layout 'both' shows a logo"},
      {{EmailLayout::brand_banner, "", "", "", "#123456"}, "banner needs a name or a logo"},
      {{EmailLayout::both, "Harbour", "Harbour", kLogo, ""}, "either a name or an alt text"},
      {{EmailLayout::both, "", "", kLogo, ""}, "a name or an alt text"},
      {{EmailLayout::both, "Harbour", "", "javascript:alert(1)", ""}, "logo 'javascript"},
      {{EmailLayout::brand_banner, "Harbour", "", "", "red"}, "colour 'red'"},
      {{EmailLayout::brand_banner, std::string(kBrandTextBytesMax + 1, 'x'), "", "", ""}, "name has 201 bytes"},
      {{EmailLayout::brand_banner, "a\nb", "", "", ""}, "name must be one line"},
      {{EmailLayout::brand, "", "a\xff", kLogo, ""}, "alt text must be one line"},
  };
  for (const auto& [brand, part] : bad) {
    auto checked = check(brand);
    ASSERT_FALSE(checked) << part;
    EXPECT_EQ(checked.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(checked.error().message.find(part), std::string::npos) << checked.error().message;
  }
}

TEST(EmailBrand, DocumentsOfOthersStayReadable) {
  EXPECT_EQ(email_brand_from_json({}), EmailBrand{});
  EXPECT_EQ(email_brand_from_json({{"layout", "spiral"}, {"more", 1}}), EmailBrand{});
}

}  // namespace
}  // namespace postroom::accounts
