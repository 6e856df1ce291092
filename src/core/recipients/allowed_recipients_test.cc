// Who may be written to: every pair of key and service. How recipients are compared is checked against
// tests/data/recipients_csv.json, in tests/vectors.
#include "core/recipients/allowed_recipients.h"

#include <gtest/gtest.h>

namespace postroom::recipients {
namespace {

TEST(AllowedRecipients, key_and_service_decide) {
  struct Case {
    SendingKey key;
    bool trial;
    bool restricted;
  };
  AllowedRecipients allowed({"07900 900123", "Ada@Reader.Example"});
  for (const Case& c : {Case{SendingKey::test, false, false}, Case{SendingKey::test, true, false},
                        Case{SendingKey::normal, false, false}, Case{SendingKey::normal, true, true},
                        Case{SendingKey::team, false, true}, Case{SendingKey::team, true, true}}) {
    EXPECT_EQ(is_restricted(c.key, c.trial), c.restricted);
    EXPECT_EQ(may_send_to("07900900999", c.key, c.trial, allowed), !c.restricted);
    EXPECT_TRUE(may_send_to("+447900900123", c.key, c.trial, allowed));
    EXPECT_TRUE(may_send_to("ada@reader.example", c.key, c.trial, allowed));
  }
  EXPECT_FALSE(AllowedRecipients().contains(""));
}

TEST(AllowedRecipients, guest_list_is_checked_entry_by_entry) {
  EXPECT_TRUE(check_guest_list({"07900900123", "+33612345678"}, {"a@b.co"}));
  EXPECT_FALSE(check_guest_list({"020 7946 0123"}, {}));
  auto refused = check_guest_list({}, {"a@b.co", "nobody"});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("nobody"), std::string::npos);
  EXPECT_TRUE(check_guest_list(std::vector<std::string>(5, "07900900123"), {}));
  EXPECT_FALSE(check_guest_list(std::vector<std::string>(6, "07900900123"), {}));
  EXPECT_FALSE(check_guest_list({}, std::vector<std::string>(6, "a@b.co")));
}

}  // namespace
}  // namespace postroom::recipients
