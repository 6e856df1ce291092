// Varied: which letters wait, how often the evening's run is repeated. Held: what the print house is told, and that
// it is told once a day.
#include "flows/print_run/volume_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flows/print_run/testing_house.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

using namespace print_test;
using notifications::Postage;

class KeepingMailer final : public ports::Mailer {
 public:
  std::vector<ports::EmailMessage> sent;
  std::string_view name() const override { return "smtp"; }
  Result<ports::ProviderReceipt> send(const ports::EmailMessage& message) override {
    sent.push_back(message);
    return ports::ProviderReceipt{"smtp", "1"};
  }
};

struct VolumeMailTest : ::testing::Test {
  FakeHouse house;
  KeepingMailer mailer;
  VolumeMailOptions options{.to = {"print@example.org", "post@example.org"},
                            .from_name = "postroom",
                            .from_address = "letters@example.org",
                            .leaves_out = {}};

  VolumeMail mail() { return VolumeMail(house.ports(), mailer, options); }
  void add(int number, Postage postage, int sheets) {
    auto letter = house.letter(number);
    letter.postage = postage;
    letter.billable_units = sheets;
    house.add(letter);
  }
  ports::ClaimedTask claimed(const ports::NewTask& task) {
    ports::ClaimedTask out;
    out.id = TaskId{Uuid::random(house.random)};
    out.queue = task.queue;
    out.kind = task.kind;
    out.subject = task.subject;
    out.payload = task.payload;
    return out;
  }
};

TEST_F(VolumeMailTest, CO11_volumes_and_sheets_by_postage) {
  add(1, Postage::first, 1);
  add(2, Postage::second, 2);
  add(3, Postage::second, 5);
  add(4, Postage::europe, 1);
  add(5, Postage::rest_of_world, 3);
  add(6, Postage::economy, 1);
  ASSERT_TRUE(mail().announce(house.deadline()));
  ASSERT_EQ(house.tasks.tasks.size(), 2u);
  for (const auto& task : house.tasks.tasks) {
    EXPECT_EQ(task.kind, ports::kSendLetterVolumes);
    EXPECT_EQ(task.subject, "2026-01-14");
    ASSERT_TRUE(mail().send(claimed(task)));
  }
  ASSERT_EQ(mailer.sent.size(), 2u);
  EXPECT_EQ(mailer.sent[0].to, "print@example.org");
  EXPECT_EQ(mailer.sent[1].to, "post@example.org");
  EXPECT_EQ(mailer.sent[0].from_address, "letters@example.org");
  EXPECT_EQ(mailer.sent[0].subject, "Letters to print, 2026-01-14");
  EXPECT_EQ(mailer.sent[0].text_body,
            "Letters of 2026-01-14 that are about to be handed over:\n\n"
            "First class: 1 letter, 1 sheet\n"
            "Second class: 2 letters, 7 sheets\n"
            "Economy: 1 letter, 1 sheet\n"
            "International: 2 letters, 4 sheets\n"
            "\n"
            "Total: 6 letters, 13 sheets\n");
}

TEST_F(VolumeMailTest, CO11_once_a_day_and_also_when_nothing_waits) {
  ASSERT_TRUE(mail().announce(house.deadline()));
  ASSERT_TRUE(mail().announce(house.deadline()));
  EXPECT_EQ(house.tasks.tasks.size(), 2u);
  ASSERT_TRUE(mail().announce(house.deadline() + std::chrono::hours{24}));
  EXPECT_EQ(house.tasks.tasks.size(), 4u);
}

TEST_F(VolumeMailTest, CO11_services_that_travel_another_way_do_not_count) {
  auto letter = house.letter(1);
  letter.service_id = FakeHouse::service(1);
  house.add(letter);
  letter = house.letter(2);
  letter.service_id = FakeHouse::service(2);
  house.add(letter);
  options.leaves_out = [](ServiceId service) { return service == FakeHouse::service(2); };
  ASSERT_TRUE(mail().announce(house.deadline()));
  EXPECT_THAT(house.tasks.tasks.at(0).payload, ::testing::HasSubstr("Total: 1 letter, 1 sheet"));
}

TEST_F(VolumeMailTest, CO11_nobody_to_tell) {
  options.to.clear();
  ASSERT_TRUE(mail().announce(house.deadline()));
  EXPECT_TRUE(house.tasks.tasks.empty());
}

}  // namespace
}  // namespace postroom::flows
