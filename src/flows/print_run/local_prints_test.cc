// Method: the run of a day whose letters are printed at hand, in memory, with a stop at every step between making a
// file and marking its letters. Held: a file appears once, after it is on record, and only what people said was
// posted is delivered.
#include "flows/print_run/local_prints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/letters/print_file.h"
#include "flows/print_run/collate.h"
#include "flows/print_run/reconcile.h"
#include "flows/print_run/testing_house.h"

namespace postroom::flows {
namespace {

using namespace print_test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using How = SendOutcome::How;

// As filesystem::LocalPrintFolder: what is being made is not seen.
class FakeLocalFolder final : public ports::PrintDrop {
 public:
  std::map<std::string, Bytes> making, shown;  // by name
  std::map<std::string, int> times_shown;
  Fault publish_fault;

  std::string description() const override { return "a folder in memory"; }
  Result<void> upload(std::string_view, std::string_view name, const std::string& local_path,
                      const std::function<bool(std::uint64_t)>&) override {
    std::ifstream in(local_path, std::ios::binary);
    making[std::string(name)] = Bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    return {};
  }
  Result<void> publish(std::string_view folder, std::string_view name) override {
    EXPECT_EQ(folder, "to-print");
    if (publish_fault.strikes()) return fail(publish_fault.error);
    auto found = making.find(std::string(name));
    if (found == making.end()) return {};
    ++times_shown[found->first];
    shown.insert_or_assign(found->first, std::move(found->second));
    making.erase(found);
    return {};
  }
  Result<ports::RemoteFile> stat(std::string_view, std::string_view name) override {
    for (const auto* files : {&making, &shown})
      if (auto found = files->find(std::string(name)); found != files->end())
        return ports::RemoteFile{std::string(name), found->second.size(), UtcTime{}};
    return fail(ErrorKind::not_found, "no such file");
  }
  Result<std::vector<ports::RemoteFile>> list(std::string_view) override {
    return std::vector<ports::RemoteFile>{};
  }
  Result<Bytes> fetch(std::string_view, std::string_view, std::uint64_t) override {
    return fail(ErrorKind::not_found, "no such file");
  }
};

class LocalPrintsTest : public ::testing::Test {
 protected:
  PrintRunPorts ports() {
    PrintRunPorts p = house_.ports();
    return {p.notifications, p.letters,    p.blobs, p.tasks,  p.leases,
            folder_,         p.create_zip, p.clock, p.random, p.zone};
  }
  PrintRunOptions options() {
    PrintRunOptions o = house_.options();
    o.prints_locally = true;
    o.zip_folder = "to-print";
    o.sent_by = "print-locally";
    o.group_limits.per_service = false;
    return o;
  }
  // Letters of two services and two postages; 1 to 3 second class, 4 first class.
  std::vector<std::string> plan() {
    for (int i = 1; i <= 4; ++i) {
      auto letter = house_.letter(i);
      letter.service_id = FakeHouse::service(i == 1 ? 1 : 2);
      if (i == 4) letter.postage = notifications::Postage::first;
      house_.add(letter);
    }
    EXPECT_TRUE(Collator(ports(), options()).run(house_.deadline()));
    std::vector<std::string> names;
    for (const auto& task : house_.tasks.tasks) names.push_back(task.subject);
    return names;
  }
  std::vector<std::string> made() {
    auto names = plan();
    for (const auto& name : names) EXPECT_TRUE(sender_.send(name, nullptr));
    return names;
  }
  std::string second_class(const std::vector<std::string>& names) {
    for (const auto& name : names)
      if (name.find(".second.") != std::string::npos) return name;
    return "";
  }
  static std::string reference(int number) { return FakeHouse::reference(number); }

  FakeHouse house_;
  FakeLocalFolder folder_;
  ZipSender sender_{ports(), options()};
  LocalPrints prints_{ports(), options(), sender_};
};

TEST_F(LocalPrintsTest, a_day_is_one_file_for_each_postage) {
  const auto names = made();
  ASSERT_EQ(names.size(), 2U);
  for (const auto& name : names) {
    EXPECT_TRUE(letters::parse_print_file_name(name)) << name;
    EXPECT_TRUE(name.starts_with("2026-01-14.")) << name;
    EXPECT_TRUE(folder_.shown.contains(name));
    EXPECT_TRUE(house_.letters.zip(name)->acknowledged_at) << "nobody else acknowledges it";
  }
  EXPECT_EQ(house_.letters.zip(second_class(names))->letter_count, 3);
  EXPECT_EQ(house_.count(NotificationStatus::sending), 4);
  EXPECT_EQ(house_.notifications.at(reference(1)).sent_by, "print-locally");
}

TEST_F(LocalPrintsTest, a_file_is_seen_only_when_it_is_on_record) {
  const auto name = second_class(plan());
  house_.blobs.put_fault = {.count = 1};
  EXPECT_FALSE(sender_.send(name, nullptr));
  EXPECT_TRUE(folder_.shown.empty());
  EXPECT_EQ(house_.status(1), NotificationStatus::created);
  const auto again = sender_.send(name, nullptr);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->how, How::found_there);
  EXPECT_EQ(folder_.times_shown[name], 1);
  EXPECT_EQ(house_.status(1), NotificationStatus::sending);
}

TEST_F(LocalPrintsTest, letters_wait_until_their_file_is_seen) {
  const auto name = second_class(plan());
  folder_.publish_fault = {.count = 1};
  EXPECT_EQ(sender_.send(name, nullptr).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(house_.status(1), NotificationStatus::created);
  ASSERT_TRUE(reconcile_zips(ports(), sender_));
  EXPECT_EQ(house_.status(1), NotificationStatus::sending);
  EXPECT_EQ(folder_.times_shown[name], 1);
}

TEST_F(LocalPrintsTest, a_file_taken_away_before_letters_were_marked_is_not_made_again) {
  const auto name = second_class(plan());
  house_.notifications.move_fault = {.count = 1};
  EXPECT_FALSE(sender_.send(name, nullptr));
  ASSERT_TRUE(folder_.shown.contains(name));
  folder_.shown.clear();  // printed and thrown away
  ASSERT_TRUE(sender_.send(name, nullptr));
  EXPECT_TRUE(folder_.shown.empty());
  EXPECT_EQ(folder_.times_shown[name], 1);
  EXPECT_EQ(house_.status(1), NotificationStatus::sending);
}

TEST_F(LocalPrintsTest, what_was_printed_is_delivered_today_and_only_once) {
  const auto name = second_class(made());
  const auto summary = prints_.printed({.file = name, .run_day = {}, .references = {}, .except = {reference(2)}});
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_THAT(summary->files, ElementsAre(name));
  EXPECT_EQ(summary->delivered, 2);
  EXPECT_EQ(summary->left_out, 1);
  EXPECT_EQ(house_.status(1), NotificationStatus::delivered);
  EXPECT_EQ(house_.status(2), NotificationStatus::sending);
  EXPECT_EQ(house_.status(4), NotificationStatus::sending);
  EXPECT_EQ(format_date(house_.letters.despatch(house_.letter(1).id).value()->despatched_on), "2026-01-14");
  EXPECT_FALSE(house_.letters.despatch(house_.letter(2).id).value());

  const auto again = prints_.printed({.file = name, .run_day = {}, .references = {}, .except = {}});
  EXPECT_EQ(again->delivered, 1);
  EXPECT_EQ(again->unchanged, 2);
}

TEST_F(LocalPrintsTest, a_day_or_single_letters_are_marked_in_any_case_of_letters) {
  made();
  const auto one = prints_.printed({.file = {}, .run_day = {}, .references = {"ref0000000000004"}, .except = {}});
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->delivered, 1);
  const auto day =
      prints_.printed({.file = {}, .run_day = parse_date("2026-01-14"), .references = {}, .except = {}});
  ASSERT_TRUE(day);
  EXPECT_EQ(day->files.size(), 2U);
  EXPECT_EQ(day->delivered, 3);
  EXPECT_EQ(day->unchanged, 1);
}

TEST_F(LocalPrintsTest, a_slip_changes_nothing) {
  const auto names = plan();
  const auto name = second_class(names);
  const auto kind_of = [&](const PrintedQuery& query) {
    const auto summary = prints_.printed(query);
    return summary ? ErrorKind::internal : summary.error().kind;
  };
  EXPECT_EQ(kind_of({}), ErrorKind::invalid_input);
  EXPECT_EQ(kind_of({.file = name, .run_day = {}, .references = {}, .except = {}}), ErrorKind::invalid_input)
      << "not made";
  EXPECT_EQ(kind_of({.file = "other.pdf", .run_day = {}, .references = {}, .except = {}}), ErrorKind::not_found);
  EXPECT_EQ(kind_of({.file = {}, .run_day = parse_date("2026-01-13"), .references = {}, .except = {}}),
            ErrorKind::not_found);
  for (const auto& one : names) ASSERT_TRUE(sender_.send(one, nullptr));
  EXPECT_EQ(kind_of({.file = name, .run_day = {}, .references = {}, .except = {reference(4)}}),
            ErrorKind::invalid_input)
      << "4 is in the other file";
  EXPECT_EQ(kind_of({.file = {}, .run_day = {}, .references = {reference(1), "NOSUCHLETTER0000"}, .except = {}}),
            ErrorKind::invalid_input);
  EXPECT_EQ(house_.count(NotificationStatus::delivered), 0);
}

TEST_F(LocalPrintsTest, letters_behind_a_crash_are_caught_up_before_they_are_marked) {
  const auto name = second_class(plan());
  house_.notifications.move_fault = {.count = 1};
  EXPECT_FALSE(sender_.send(name, nullptr));
  const auto summary = prints_.printed({.file = name, .run_day = {}, .references = {}, .except = {}});
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->delivered, 3);
}

TEST_F(LocalPrintsTest, spoiled_letters_are_printed_again_and_keep_their_state) {
  const auto name = second_class(made());
  ASSERT_TRUE(prints_.printed({.file = name, .run_day = {}, .references = {}, .except = {reference(2)}}));
  const std::vector<std::string> spoiled{reference(1), reference(2), reference(4)};
  const auto again = prints_.print_again(spoiled);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->letters, 3);
  ASSERT_EQ(again->files.size(), 2U) << "one for each postage";
  for (const auto& file : again->files) {
    EXPECT_TRUE(letters::parse_print_file_name(file)->is_again);
    EXPECT_TRUE(folder_.shown.contains(file));
  }
  EXPECT_EQ(house_.status(1), NotificationStatus::delivered);
  EXPECT_EQ(house_.status(2), NotificationStatus::sending);
  EXPECT_EQ(house_.notifications.event_log[house_.letter(2).id].back().cause, "operator.printed_again");

  const auto file = second_class(again->files);
  const auto printed = prints_.printed({.file = file, .run_day = {}, .references = {}, .except = {}});
  ASSERT_TRUE(printed) << printed.error().message;
  EXPECT_EQ(printed->delivered, 1);
  EXPECT_EQ(printed->unchanged, 1);
  EXPECT_EQ(house_.status(2), NotificationStatus::delivered);
  EXPECT_EQ(prints_.print_again(spoiled)->files, again->files) << "the same letters, the same files";
  EXPECT_EQ(house_.leftovers(), 0);
}

TEST_F(LocalPrintsTest, letters_that_were_in_no_file_are_not_printed_again) {
  plan();
  for (const auto& references : std::vector<std::vector<std::string>>{{}, {reference(1)}, {"NOSUCHLETTER0000"}})
    EXPECT_EQ(prints_.print_again(references).error().kind, ErrorKind::invalid_input);
  EXPECT_TRUE(folder_.shown.empty());
}

}  // namespace
}  // namespace postroom::flows
