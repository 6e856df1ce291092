// Varied: commands with good, missing, unknown and bad arguments, on a store in a temporary folder. Each must do
// its work or say which argument is wrong and what is allowed.
#include "app/commands.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "app/clock_mover.h"
#include "app/postroom.h"
#include "app/settings.h"
#include "base/log.h"

namespace postroom::app {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class CommandsTest : public testing::Test {
 protected:
  CommandsTest() {
    set_log_sink([](std::string_view) {});
    std::string name = (fs::temp_directory_path() / "postroom-commands-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~CommandsTest() override {
    postroom_.reset();
    fs::remove_all(folder_);
    set_log_sink(nullptr);
  }

  Result<std::unique_ptr<Postroom>> open(std::map<std::string, std::string, std::less<>> values = {}) {
    values.try_emplace("data.folder", folder_.string());
    auto settings = load_settings({.config_path = "", .command_line = std::move(values)});
    EXPECT_TRUE(settings) << settings.error().message;
    return Postroom::open(std::move(*settings));
  }
  Result<json::value> run(std::string_view name, const json::object& arguments = {}) {
    if (!postroom_) {
      auto opened = open();
      EXPECT_TRUE(opened) << opened.error().message;
      postroom_ = std::move(*opened);
    }
    return postroom_->run_command(name, arguments);
  }
  json::object ok(std::string_view name, const json::object& arguments = {}) {
    auto answer = run(name, arguments);
    EXPECT_TRUE(answer) << name << ": " << answer.error().message;
    return answer && answer->is_object() ? answer->get_object() : json::object{};
  }
  std::size_t rows(std::string_view name, const json::object& arguments = {}) {
    auto answer = run(name, arguments);
    EXPECT_TRUE(answer) << name;
    return answer && answer->is_array() ? answer->get_array().size() : 0;
  }
  void refused(std::string_view name, const json::object& arguments, ErrorKind kind, std::string_view part) {
    auto answer = run(name, arguments);
    ASSERT_FALSE(answer) << name << write_json(arguments);
    EXPECT_EQ(answer.error().kind, kind) << answer.error().message;
    EXPECT_NE(answer.error().message.find(part), std::string::npos) << answer.error().message;
  }

  fs::path folder_;
  std::unique_ptr<Postroom> postroom_;
};

TEST_F(CommandsTest, ServicesAreMadeListedAndShown) {
  json::object made =
      ok("service create", {{"name", " Harbour Office "}, {"permissions", json::array{"email", "letter"}}});
  EXPECT_EQ(get_string(made, "name"), "Harbour Office");
  EXPECT_EQ(get_string(made, "email_local_part"), "harbour.office");
  EXPECT_EQ(get_strings(made, "permissions"), (std::vector<std::string>{"email", "letter", "letters_as_pdf"}));
  std::string id = get_string(made, "id").value_or("");
  for (const std::string& service : {id, std::string("harbour OFFICE")}) {
    EXPECT_EQ(get_string(ok("service show", {{"service", service}}), "id"), id);
  }
  EXPECT_EQ(rows("service list"), 1u);
  refused("service create", {{"name", "Harbour office"}}, ErrorKind::conflict, "");
  refused("service create", {}, ErrorKind::invalid_input, "name must not be empty");
  refused("service create", {{"name", " "}}, ErrorKind::invalid_input, "name must not be blank");
  refused("service create", {{"name", std::string(256, 'x')}}, ErrorKind::invalid_input, "256 bytes, at most 255");
  ok("service create", {{"name", std::string(255, 'x')}});
  refused("service create", {{"name", "\xFF"}}, ErrorKind::invalid_input, "UTF-8");
  refused("service create", {{"name", "x"}, {"permissions", json::array{"fax"}}}, ErrorKind::invalid_input,
          "there is no permission 'fax': use email sms letter");
  refused("service create", {{"name", "Prizes at evil.example"}}, ErrorKind::invalid_input, "make a link of");
  refused("service show", {{"service", "Nobody"}}, ErrorKind::not_found, "`postroom service list`");
  refused("service show", {{"service", "5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4b"}}, ErrorKind::not_found,
          "no service");
  refused("service show", {}, ErrorKind::invalid_input, "service must not be empty");
  refused("service fly", {}, ErrorKind::not_found, "no command 'service fly'");
}

TEST_F(CommandsTest, KeysShowTheirSecretOnce) {
  ok("service create", {{"name", "Harbour"}});
  ok("service create", {{"name", "Trial"}, {"trial", true}});
  json::object key = ok("key create", {{"service", "Harbour"}, {"name", "Live key"}, {"type", "normal"}});
  std::string text = get_string(key, "api_key").value_or("");
  EXPECT_EQ(text.find("live_key-"), 0u);
  EXPECT_EQ(text.size(), 9u + 73u);
  auto listed = run("key list", {{"service", "Harbour"}});
  ASSERT_TRUE(listed);
  EXPECT_EQ(write_json(*listed).find(text.substr(text.size() - 36)), std::string::npos);
  refused("key create", {{"service", "Harbour"}, {"name", "Live key"}, {"type", "test"}}, ErrorKind::conflict, "");
  refused("key create", {{"service", "Harbour"}, {"name", "x"}, {"type", "live"}}, ErrorKind::invalid_input,
          "type is 'live', but must be normal, team or test");
  refused("key create", {{"service", "Trial"}, {"name", "x"}, {"type", "normal"}}, ErrorKind::forbidden,
          "in trial");
  ok("key create", {{"service", "Trial"}, {"name", "x"}, {"type", "team"}});
  ok("key revoke", {{"service", "Harbour"}, {"key", "Live key"}});
  refused("key revoke", {{"service", "Harbour"}, {"key", "Live key"}}, ErrorKind::not_found, "`postroom key list`");
  ok("key create", {{"service", "Harbour"}, {"name", "Live key"}, {"type", "normal"}});
}

TEST_F(CommandsTest, TemplatesAreChecked) {
  ok("service create", {{"name", "Harbour"}, {"contact_block", "Harbour House"}});
  auto with = [](const char* type, json::object more) {
    json::object out{{"service", "Harbour"}, {"name", "T"}, {"type", type}, {"subject", "S"}, {"content", "C"}};
    for (const auto& member : more) out[member.key()] = member.value();
    return out;
  };
  EXPECT_EQ(get_string(ok("template create", with("letter", {})), "contact_block"), "Harbour House");
  EXPECT_EQ(get_string(ok("template create", with("letter", {{"postage", "first"}})), "postage"), "first");
  ok("template create", with("email", {}));
  ok("template create", with("sms", {{"subject", ""}}));
  EXPECT_EQ(rows("template list"), 4u);
  EXPECT_EQ(rows("template list", {{"service", "Harbour"}}), 4u);
  refused("template create", with("fax", {}), ErrorKind::invalid_input,
          "type is 'fax', but must be email, sms or letter");
  refused("template create", with("email", {{"subject", " "}}), ErrorKind::invalid_input, "subject is empty");
  refused("template create", with("sms", {{"content", " \n"}}), ErrorKind::invalid_input, "content is empty");
  // All faults are told at once, each with its place.
  json::object many = with("sms", {{"content", "a\nb ((c,d)) \u2603" + std::string(918, 'x')}});
  for (const char* fault : {"content: the text message has ", "content, line 2: the placeholder ((c,d))",
                            "content, line 2: content has characters that phones cannot show"}) {
    refused("template create", many, ErrorKind::invalid_input, fault);
  }
  refused("template create", with("sms", {{"content", "\xFF"}}), ErrorKind::invalid_input, "UTF-8");
  refused("template create", with("letter", {{"postage", "europe"}}), ErrorKind::invalid_input,
          "postage is 'europe', but must be first, second or economy");
  refused("template list", {{"service", "Nobody"}}, ErrorKind::not_found, "no service 'Nobody'");
}

TEST_F(CommandsTest, CallbacksHaveSecretsAndAreSwitchedOffAndOn) {
  ok("service create", {{"name", "Harbour"}});
  json::object of{{"service", "Harbour"}, {"type", "delivery"}};
  auto with = [&of](json::object more) {
    for (const auto& member : of) more[member.key()] = member.value();
    return more;
  };
  for (const char* command : {"callback secret create", "callback secret list", "callback on", "callback off"})
    refused(command, of, ErrorKind::not_found, "has no delivery callback");
  ok("callback set", with({{"url", "https://h.example/cb"}, {"token", "0123456789"}}));
  const std::string first = get_string(ok("callback secret create", of), "secret").value_or("");
  EXPECT_TRUE(first.starts_with("whsec_"));
  EXPECT_NE(get_string(ok("callback secret rotate", of), "secret"), first);
  EXPECT_TRUE(
      get_string(ok("callback secret create", with({{"kind", "v1a"}})), "public_key")->starts_with("whpk_"));
  EXPECT_EQ(rows("callback secret list", of), 3u);
  EXPECT_EQ(write_json(*run("callback secret list", of)).find("whsec_"), std::string::npos);
  refused("callback secret create", with({{"kind", "v2"}}), ErrorKind::invalid_input, "must be v1");
  refused("callback secret create", with({{"secret", "s"}}), ErrorKind::invalid_input, "begins with whsec_");
  refused("callback secret rotate", with({{"overlap_hours", 9'999}}), ErrorKind::invalid_input, "0 to 2160");
  refused("callback secret remove", with({{"id", "x"}}), ErrorKind::invalid_input, "no UUID");
  ok("callback secret create", of);
  refused("callback secret create", of, ErrorKind::conflict, "4 secrets");

  EXPECT_EQ(get_bool(ok("callback off", of), "was_on"), true);
  EXPECT_EQ(get_bool(run("callback list")->get_array().at(0).get_object(), "on"), false);
  EXPECT_EQ(get_bool(ok("callback on", with({{"replay", true}})), "was_off"), true);
  EXPECT_EQ(get_bool(ok("callback on", of), "was_off"), false);
  ok("callback off", of);
  ok("callback set", with({{"url", "https://h.example/new"}, {"token", "0123456789"}}));
  EXPECT_EQ(get_bool(run("callback list", of)->get_array().at(0).get_object(), "on"), true);

  EXPECT_EQ(rows("callback attempts", of) + rows("callback events", of), 0u);
  refused("callback replay", of, ErrorKind::invalid_input, "--since TIME");
  refused("callback replay", with({{"since", "yesterday"}}), ErrorKind::invalid_input, "must be a time such as");
  refused("callback replay", with({{"event", "x"}}), ErrorKind::invalid_input, "webhook-id");
  refused("callback replay", with({{"event", "msg_" + std::string(32, '0')}}), ErrorKind::not_found,
          "no such callback");
  refused("callback events", with({{"state", "lost"}}), ErrorKind::invalid_input, "must be retrying, delivered");
}

TEST_F(CommandsTest, CallbacksAreSetAndTakenAway) {
  ok("service create", {{"name", "Harbour"}});
  json::object good{
      {"service", "Harbour"}, {"type", "delivery"}, {"url", "https://h.example/cb"}, {"token", "0123456789"}};
  json::object answer = ok("callback set", good);
  EXPECT_EQ(write_json(answer).find("0123456789"), std::string::npos);
  ServiceId id = *ServiceId::parse(*get_string(answer, "service_id"));
  auto stored = postroom_->parts().database->services().callback(id, accounts::CallbackType::delivery);
  ASSERT_TRUE(stored && *stored);
  EXPECT_EQ((*stored)->bearer_token, "0123456789");
  json::object bad = good;
  bad["type"] = "smoke";
  refused("callback set", bad, ErrorKind::invalid_input, "must be delivery, inbound, returned or complaint");
  refused("callback remove", bad, ErrorKind::invalid_input, "must be delivery, inbound, returned or complaint");
  bad = good;
  bad["token"] = "012345678";
  refused("callback set", bad, ErrorKind::invalid_input, "use at least 10");
  for (const char* url : {"http://h.example/", "https://user:pw@h.example/", "https://", "https://h.example/a b"}) {
    bad = good;
    bad["url"] = url;
    if (std::string_view(url).starts_with("https"))
      refused("callback set", bad, ErrorKind::invalid_input, "is no address to post to");
  }
  ok("callback remove", {{"service", "Harbour"}, {"type", "delivery"}});
  EXPECT_FALSE(*postroom_->parts().database->services().callback(id, accounts::CallbackType::delivery));
}

TEST_F(CommandsTest, JobsRunAndMessagesTellTheirStory) {
  ok("service create", {{"name", "Harbour"}});
  ok("template create", {{"service", "Harbour"}, {"name", "T"}, {"type", "sms"}, {"content", "Hi ((name))"}});
  json::object arguments{{"service", "Harbour"},
                         {"template", "T"},
                         {"file_name", "p.csv"},
                         {"content", "phone number,name\n07900900123,Ada\n"}};
  json::object job = ok("job create", arguments);
  EXPECT_EQ(get_int(job, "row_count"), 1);
  json::object shown = ok("job show", {{"id", *get_string(job, "id")}});
  EXPECT_EQ(get_string(shown, "status"), "pending");
  json::object late = arguments;
  late["at"] = "tomorrow";
  refused("job create", late, ErrorKind::invalid_input, "at is 'tomorrow', but must be a time such as");
  json::object other = arguments;
  other["template"] = "Nothing";
  refused("job create", other, ErrorKind::not_found, "no template 'Nothing'");
  refused("job create", {{"service", "Harbour"}, {"template", "T"}}, ErrorKind::invalid_input, "file_name");
  refused("job show", {{"id", "7"}}, ErrorKind::invalid_input, "id '7' is no UUID");
  refused("job show", {{"id", "5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4b"}}, ErrorKind::not_found, "");
  refused("notification show", {{"id", "7"}}, ErrorKind::invalid_input, "id '7' is no UUID");
  refused("notification show", {{"id", "5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4b"}}, ErrorKind::not_found, "");
}

TEST_F(CommandsTest, TheEngineRoomCanBeLookedAt) {
  json::object status = ok("status");
  EXPECT_EQ(get_string(status, "environment"), "development");
  EXPECT_NE(get_string(status, "store").value_or("").find(folder_.string()), std::string::npos);
  EXPECT_EQ(rows("tasks buried"), 0u);
  EXPECT_EQ(rows("config show"), all_settings().size());
  refused("tasks revive", {{"id", "7"}}, ErrorKind::invalid_input, "`postroom tasks buried` lists ids");
  refused("tasks revive", {{"id", "5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4b"}}, ErrorKind::not_found, "");
  refused("letters status", {{"day", "yesterday"}}, ErrorKind::invalid_input, "day is 'yesterday'");
}

TEST_F(CommandsTest, SandboxProvidersAreRefusedWhereTheyAreNotAllowed) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"sandbox", "none", "email.provider is 'sandbox', which environment production does not allow"},
      {"none", "sandbox", "sms.provider is 'sandbox', which environment production does not allow"}};
  for (auto [email, sms, message] : cases) {
    auto opened = open(
        {{"environment", "live"}, {"email.provider", email}, {"sms.provider", sms}, {"print.provider", "none"}});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(opened.error().message.find(message), 0u) << opened.error().message;
  }
  auto without = open(
      {{"environment", "live"}, {"email.provider", "none"}, {"sms.provider", "none"}, {"print.provider", "none"}});
  ASSERT_TRUE(without) << without.error().message;
  auto collated = (*without)->run_command("letters collate", {});
  ASSERT_FALSE(collated);
  EXPECT_NE(collated.error().message.find("print.provider is none"), std::string::npos);
}

TEST_F(CommandsTest, ALostKeyRingIsNoticedAtTheStart) {
  ok("service create", {{"name", "Harbour"}});
  postroom_.reset();
  fs::path ring = folder_ / "keys" / "key_ring.txt";
  fs::rename(ring, folder_ / "kept");
  auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::corrupt);
  EXPECT_NE(opened.error().message.find("backup"), std::string::npos) << opened.error().message;
  fs::rename(folder_ / "kept", ring);
  EXPECT_TRUE(open());
}

class ClockMoverTest : public CommandsTest {
 protected:
  void start(std::map<std::string, std::string, std::less<>> values = {}) {
    values["roles"] = "worker";
    values["print.provider"] = "none";
    auto opened = open(std::move(values));
    ASSERT_TRUE(opened) << opened.error().message;
    postroom_ = std::move(*opened);
    auto started = postroom_->start();
    ASSERT_TRUE(started) << started.error().message;
  }
};

TEST_F(ClockMoverTest, WhatBecomesDueOnTheWayHappensAtItsOwnTime) {
  start();
  ok("service create", {{"name", "Harbour"}});
  ok("template create", {{"service", "Harbour"}, {"name", "T"}, {"type", "sms"}, {"content", "Hi ((name))"}});
  Parts& parts = postroom_->parts();
  UtcTime begin = parts.clock.now();
  json::object job = ok("job create", {{"service", "Harbour"},
                                       {"template", "T"},
                                       {"file_name", "p.csv"},
                                       {"content", "phone number,name\n07900900123,Ada\n"},
                                       {"at", format_rfc3339(begin + 48h)}});
  ClockMover mover(parts);
  auto drained = mover.drain(10s);
  ASSERT_TRUE(drained && drained->drained);
  EXPECT_GE(drained->waiting, 1);
  auto moved = mover.move_to(begin + 72h);
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_TRUE(moved->drained);
  EXPECT_GE(parts.clock.now(), begin + 72h);
  json::object shown = ok("job show", {{"id", *get_string(job, "id")}});
  EXPECT_EQ(get_string(shown, "status"), "finished");
  EXPECT_EQ(write_json(shown.at("notifications")), R"({"delivered":1})");
  UtcTime started_at = *parse_rfc3339(*get_string(shown, "started_at"));
  EXPECT_GE(started_at, begin + 48h);
  EXPECT_LT(started_at, begin + 49h) << "not at the target, but when it was due";
}

TEST_F(ClockMoverTest, BackwardsOnlySetsTheClock) {
  start();
  Parts& parts = postroom_->parts();
  UtcTime target = parts.clock.now() - 24h;
  ASSERT_TRUE(ClockMover(parts).move_to(target));
  EXPECT_GE(parts.clock.now(), target);
  EXPECT_LT(parts.clock.now(), target + 1h);
  // It stays moved over a restart.
  postroom_.reset();
  start();
  EXPECT_LT(postroom_->parts().clock.now(), target + 1h);
}

TEST_F(ClockMoverTest, IsForbiddenWhereTheFlagIsOff) {
  start({{"flags.clock_may_be_moved", "false"}});
  auto moved = ClockMover(postroom_->parts()).move_to(postroom_->parts().clock.now() + 1h);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().kind, ErrorKind::forbidden);
  EXPECT_NE(moved.error().message.find("flags.clock_may_be_moved"), std::string::npos);
}

}  // namespace
}  // namespace postroom::app
