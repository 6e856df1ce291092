// Varied: the link's email, token and age, and what is stored. Only the recipient's own link may do anything, and
// only when it is asked to.
#include "flows/unsubscribe/unsubscribe_flow.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "ports/testing_care.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationType;

LinkTokens tokens_with(const std::string& secret) {
  return *LinkTokens::create(ValueSigner({secret}, "unsubscribe"), {"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"});
}

class UnsubscribeTest : public testing::Test {
 protected:
  UnsubscribeTest() {
    set_log_sink([this](std::string_view line) { log_ += line; });
    service_.id = ServiceId{Uuid::random(random_)};
    service_.name = "Harbour Office";
    EXPECT_TRUE(services_.create(service_));
    email_ = put(NotificationType::email, "Ada@Reader.Example");
  }
  ~UnsubscribeTest() override { set_log_sink(nullptr); }

  Notification put(NotificationType type, std::string to) {
    Notification n;
    n.id = NotificationId{Uuid::random(random_)};
    n.service_id = service_.id;
    n.type = type;
    n.template_id = TemplateId{Uuid::random(random_)};
    n.template_version = 2;
    n.to = std::move(to);
    n.created_at = clock_.now();
    notifications_.put(n);
    return n;
  }
  std::string token_of(const Notification& n) {
    std::string url = links_.page_url(n);
    return url.substr(url.rfind('/') + 1);
  }
  void refused(std::string_view id, std::string_view token) {
    for (auto result : {flow_.look(id, token), flow_.request(id, token)}) {
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().kind, ErrorKind::not_found);
    }
    EXPECT_TRUE(requests_.requests.empty());
  }

  SeededRandom random_{4};
  MovableClock clock_{from_micros(1'770'000'000'000'000)};
  accounts::Service service_;
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::MemoryServiceStore services_;
  ports::testing::MemoryUnsubscribeStore requests_;
  LinkTokens tokens_ = tokens_with("secret");
  std::string api_ = "https://api.example", web_ = "https://web.example";
  UnsubscribeLinks links_{tokens_, api_, web_, clock_, random_};
  UnsubscribeFlow flow_{links_, notifications_, services_, requests_, clock_};
  Notification email_;
  std::string log_;
};

TEST_F(UnsubscribeTest, LinksNameTheEmailAndHideTheAddress) {
  EXPECT_TRUE(links_.page_url(email_).starts_with("https://web.example/unsubscribe/" + email_.id.text() + "/"));
  EXPECT_TRUE(
      links_.one_click_url(email_).starts_with("https://api.example/unsubscribe/" + email_.id.text() + "/"));
  EXPECT_EQ(links_.page_url(email_).find("Ada"), std::string::npos);
  EXPECT_EQ(links_.page_of(email_.id.text(), "a/b"),
            "https://web.example/unsubscribe/" + email_.id.text() + "/a%2Fb");
  web_.clear();
  api_.clear();
  EXPECT_EQ(links_.page_url(email_), "");
  EXPECT_EQ(links_.one_click_url(email_), "");
  EXPECT_EQ(links_.page_of("a", "b"), "");
}

TEST_F(UnsubscribeTest, ALinkOutlivesTheDaysOfItsEmail) {
  ports::testing::MemoryJobStore jobs(tasks_);
  ports::testing::MemoryArchiveStore archive(notifications_, jobs, tasks_);
  UnsubscribeFlow flow(links_, notifications_, services_, requests_, clock_, &archive);
  const std::string token = token_of(email_);
  ASSERT_EQ(archive.archive({&email_.id, 1}, clock_.now() + 1s), 1);
  EXPECT_EQ(flow.look(email_.id.text(), token)->address, "Ada@Reader.Example");
  ASSERT_TRUE(flow.request(email_.id.text(), token));
  EXPECT_EQ(requests_.requests.at(0).email_address, "Ada@Reader.Example");
  // Only emails have such links.
  const Notification text = put(NotificationType::sms, "447900900123");
  ASSERT_EQ(archive.archive({&text.id, 1}, clock_.now() + 1s), 1);
  EXPECT_FALSE(flow.look(text.id.text(), token));
  EXPECT_FALSE(flow.look(NotificationId{Uuid::random(random_)}.text(), token));
}

TEST_F(UnsubscribeTest, LookingShowsWhoAndStoresNothing) {
  auto seen = flow_.look(email_.id.text(), token_of(email_));
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->service_name, "Harbour Office");
  EXPECT_EQ(seen->address, "Ada@Reader.Example");
  EXPECT_TRUE(requests_.requests.empty());
}

TEST_F(UnsubscribeTest, ARequestIsStoredOnceHoweverOftenItComes) {
  std::string token = token_of(email_);
  clock_.advance(24h);
  ASSERT_TRUE(flow_.request(email_.id.text(), token));
  const ports::UnsubscribeRequest expected{.notification_id = email_.id,
                                           .service_id = service_.id,
                                           .template_id = email_.template_id,
                                           .template_version = 2,
                                           .email_address = "Ada@Reader.Example",
                                           .sent_at = email_.created_at,
                                           .requested_at = clock_.now()};
  clock_.advance(1h);
  ASSERT_TRUE(flow_.request(email_.id.text(), token_of(email_)));
  ASSERT_EQ(requests_.requests.size(), 1u);
  EXPECT_EQ(requests_.requests[0], expected);
  EXPECT_NE(log_.find("unsubscribe.requested"), std::string::npos);
  EXPECT_EQ(log_.find("Reader.Example"), std::string::npos);
}

TEST_F(UnsubscribeTest, LinksOfOthersAndAlteredOnesDoNothing) {
  std::string id = email_.id.text();
  std::string token = token_of(email_);
  Notification other = put(NotificationType::email, "ben@reader.example");
  Notification text = put(NotificationType::sms, "Ada@Reader.Example");
  refused(id, token_of(other));
  refused(other.id.text(), token);
  refused(text.id.text(), token_of(text));
  refused(id, "");
  refused(id, "abc");
  refused(id, token.substr(0, token.size() / 2));
  std::string altered = token;
  altered[token.size() / 2] = altered[token.size() / 2] == 'A' ? 'B' : 'A';
  refused(id, altered);
  refused("no-uuid", token);
  refused(Uuid::random(random_).text(), token);
}

TEST_F(UnsubscribeTest, ALinkWorksForAYear) {
  std::string token = token_of(email_);
  clock_.advance(kUnsubscribeLinkAgeMax);
  EXPECT_TRUE(flow_.look(email_.id.text(), token));
  clock_.advance(1s);
  refused(email_.id.text(), token);
}

TEST_F(UnsubscribeTest, TroubleOfTheStoreIsNoBadLink) {
  notifications_.find_fault = {1, {ErrorKind::retry_later, "busy"}};
  EXPECT_EQ(flow_.look(email_.id.text(), token_of(email_)).error().kind, ErrorKind::retry_later);
  requests_.add_fault = {1, {ErrorKind::retry_later, "busy"}};
  EXPECT_EQ(flow_.request(email_.id.text(), token_of(email_)).error().kind, ErrorKind::retry_later);
  EXPECT_TRUE(flow_.request(email_.id.text(), token_of(email_)));
}

}  // namespace
}  // namespace postroom::flows
