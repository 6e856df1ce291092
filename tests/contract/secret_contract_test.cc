// SecretStore. Varied: absent and present, the version that is expected, the key ring, and who is first.
#include "fixture.h"

namespace postroom::contract {

class SecretContract : public StoreContract {
 protected:
  std::string content(std::string_view name) {
    auto found = value_of(db().secrets().find(name));
    return found ? std::to_string(found->version) + ":" + found->content : "none";
  }
};
POSTROOM_CONTRACT_SUITE(SecretContract);

TEST_P(SecretContract, a_secret_survives_a_restart_and_counts_its_changes) {
  EXPECT_EQ(content("house"), "none");
  EXPECT_TRUE(value_of(db().secrets().replace("house", 0, "first")));
  reopen();
  EXPECT_EQ(content("house"), "1:first");
  EXPECT_TRUE(value_of(db().secrets().replace("house", 1, "second")));
  EXPECT_EQ(content("house"), "2:second");
  EXPECT_EQ(content("House"), "none");
}

TEST_P(SecretContract, another_version_than_expected_changes_nothing) {
  EXPECT_FALSE(value_of(db().secrets().replace("house", 1, "x")));
  EXPECT_EQ(content("house"), "none");
  EXPECT_TRUE(value_of(db().secrets().replace("house", 0, "first")));
  EXPECT_FALSE(value_of(db().secrets().replace("house", 0, "x")));
  EXPECT_FALSE(value_of(db().secrets().replace("house", 2, "x")));
  EXPECT_EQ(content("house"), "1:first");
}

TEST_P(SecretContract, of_many_at_once_one_is_first) {
  value_of(db().secrets().replace("house", 0, "first"));
  std::atomic<int> replaced = 0;
  on_threads(8, [&](int i) {
    replaced += value_of(db().secrets().replace("house", 1, "by " + std::to_string(i))) ? 1 : 0;
  });
  EXPECT_EQ(replaced, 1);
  EXPECT_EQ(content("house").substr(0, 5), "2:by ");
}

TEST_P(SecretContract, nothing_of_it_is_on_disk_and_a_lost_key_is_told) {
  value_of(db().secrets().replace("house", 0, "XSECRETX-password"));
  close();
  EXPECT_EQ(backend().raw_bytes().find("XSECRETX"), std::string::npos);
  reopen(value_of(KeyRing::rotate(key_ring_text_, random_)));
  EXPECT_EQ(content("house"), "1:XSECRETX-password");
  reopen(KeyRing::generate(random_));
  auto lost = db().secrets().find("house");
  EXPECT_EQ(error_kind(lost), ErrorKind::corrupt);
  EXPECT_THAT(lost.error().message, testing::HasSubstr("secret house"));
}

}  // namespace postroom::contract
