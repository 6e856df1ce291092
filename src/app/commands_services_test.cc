// Services after they were made: each change with good and bad values, one by one and together.
#include <gtest/gtest.h>

#include <filesystem>

#include "app/commands.h"
#include "app/postroom.h"
#include "app/settings.h"
#include "base/log.h"

namespace postroom::app {
namespace {

namespace fs = std::filesystem;

class ServiceCommandsTest : public testing::Test {
 protected:
  ServiceCommandsTest() {
    set_log_sink([](std::string_view) {});
    std::string name = (fs::temp_directory_path() / "postroom-services-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    auto settings = load_settings({.config_path = "", .command_line = {{"data.folder", folder_.string()}}});
    EXPECT_TRUE(settings);
    auto opened = Postroom::open(std::move(*settings));
    EXPECT_TRUE(opened) << opened.error().message;
    postroom_ = std::move(*opened);
    ok("service create", {{"name", "Harbour"}});
  }
  ~ServiceCommandsTest() override {
    postroom_.reset();
    fs::remove_all(folder_);
    set_log_sink(nullptr);
  }

  json::object ok(std::string_view name, json::object arguments) {
    arguments.emplace("service", "Harbour");
    auto answer = postroom_->run_command(name, arguments);
    EXPECT_TRUE(answer) << name << ": " << answer.error().message;
    return answer && answer->is_object() ? answer->get_object() : json::object{};
  }
  void refused(std::string_view name, json::object arguments, ErrorKind kind, std::string_view part) {
    arguments.emplace("service", "Harbour");
    auto answer = postroom_->run_command(name, arguments);
    ASSERT_FALSE(answer) << name << write_json(arguments);
    EXPECT_EQ(answer.error().kind, kind) << answer.error().message;
    EXPECT_NE(answer.error().message.find(part), std::string::npos) << answer.error().message;
  }

  fs::path folder_;
  std::unique_ptr<Postroom> postroom_;
};

TEST_F(ServiceCommandsTest, UpdateChangesOnlyWhatIsNamed) {
  json::object before = ok("service show", {});
  json::object after = ok("service update", {{"trial", true}, {"requests_per_minute", 6}});
  EXPECT_EQ(get_bool(after, "trial"), true);
  EXPECT_EQ(get_int(after, "requests_per_minute"), 6);
  for (std::string_view same : {"name", "permissions", "active", "daily_limits", "team", "sms_senders"}) {
    EXPECT_EQ(before.at(same), after.at(same)) << same;
  }
  EXPECT_EQ(ok("service show", {}), after);
  after = ok("service update", {{"trial", false}, {"active", false}, {"permissions", json::array{"email"}}});
  EXPECT_EQ(get_bool(after, "active"), false);
  EXPECT_EQ(get_strings(after, "permissions"), std::vector<std::string>{"email"});
}

TEST_F(ServiceCommandsTest, DailyLimitsAreSetByChannel) {
  json::object after = ok("service update", {{"daily_limits", json::array{"sms=2", "international_sms=0"}}});
  const json::object& limits = after.at("daily_limits").as_object();
  EXPECT_EQ(get_int(limits, "sms"), 2);
  EXPECT_EQ(get_int(limits, "international_sms"), 0);
  EXPECT_EQ(get_int(limits, "email"), 250'000);
  for (std::string_view bad : {"sms", "sms=", "sms=-1", "sms=x", "fax=1", "=1", "sms=1000000001"}) {
    refused("service update", {{"daily_limits", json::array{bad}}}, ErrorKind::invalid_input, "CHANNEL=N");
  }
  refused("service update", {{"requests_per_minute", 0}}, ErrorKind::invalid_input, "from 1");
}

TEST_F(ServiceCommandsTest, TeamAndGuestListGrowAndShrink) {
  ok("service update", {{"add_team", json::array{"Mara, mara@team.example, 07900900321", "Ben,ben@team.example"}},
                        {"add_guest", json::array{"guest@list.example", "07900900654"}}});
  json::object after = ok("service update", {{"add_team", json::array{"Mara Two,mara@team.example"}},
                                             {"remove_team", json::array{"ben@team.example"}},
                                             {"remove_guest", json::array{"07900900654"}}});
  const json::array& team = after.at("team").as_array();
  ASSERT_EQ(team.size(), 1u);
  EXPECT_EQ(get_string(team[0].as_object(), "name"), "Mara Two");
  EXPECT_EQ(get_strings(after, "guest_list"), std::vector<std::string>{"guest@list.example"});
  refused("service update", {{"add_team", json::array{"Mara"}}}, ErrorKind::invalid_input, "NAME,EMAIL");
  refused("service update", {{"add_team", json::array{"Mara,nobody"}}}, ErrorKind::invalid_input, "nobody");
  refused("service update", {{"add_guest", json::array{"12"}}}, ErrorKind::invalid_input, "12");
  refused("service update", {{"remove_team", json::array{"x@y.example"}}}, ErrorKind::not_found, "x@y.example");
  refused("service update", {{"remove_guest", json::array{"x@y.example"}}}, ErrorKind::not_found, "x@y.example");
}

TEST_F(ServiceCommandsTest, SendersAndReplyToAddressesAreAddedAndArchived) {
  json::object made = ok("sender add", {{"value", "HARBOUR"}, {"default", true}});
  refused("sender add", {{"value", "HARBOUR"}}, ErrorKind::conflict, "already");
  refused("sender archive", {{"id", "HARBOUR"}}, ErrorKind::conflict, "default");
  ok("sender archive", {{"id", "POSTROOM"}});
  refused("sender archive", {{"id", "POSTROOM"}}, ErrorKind::not_found, "POSTROOM");
  for (std::string_view bad : {"ab", "abcdefghijkl", "a*b", "00123", "-abc", "caf\xC3\xA9"}) {
    refused("sender add", {{"value", bad}}, ErrorKind::invalid_input, "3 to 11");
  }
  std::string id = get_string(ok("reply-to add", {{"value", "desk@harbour.example"}}), "id").value_or("");
  refused("reply-to add", {{"value", "desk"}}, ErrorKind::invalid_input, "desk");
  ok("reply-to archive", {{"id", id}});
}

TEST_F(ServiceCommandsTest, AnArchivedTemplateStaysInTheListAsItsNextVersion) {
  ok("template create", {{"type", "sms"}, {"name", "Reminder"}, {"content", "Hi"}});
  json::object archived = ok("template archive", {{"template", "Reminder"}});
  EXPECT_EQ(get_bool(archived, "archived"), true);
  EXPECT_EQ(get_int(archived, "version"), 2);
  refused("template archive", {{"template", "Reminder"}}, ErrorKind::not_found, "Reminder");
  refused("template archive", {{"template", get_string(archived, "id").value_or("")}}, ErrorKind::conflict,
          "already");
}

}  // namespace
}  // namespace postroom::app
