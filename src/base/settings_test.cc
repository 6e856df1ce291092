// Varied: types, values at their bounds, layers and misspelt names. A value that is taken must read as its type;
// every refusal must name setting, value and remedy.
#include "base/settings.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

using namespace std::chrono_literals;
using enum SettingType;

std::vector<SettingSpec> specs() {
  return {{"a.text", text, "plain", "Text."},
          {"a.count", integer, "5", "Count.", 1, 10},
          {"a.least", integer, "5", "At least.", 3},
          {"a.most", integer, "5", "At most.", INT64_MIN, 7},
          {"a.flag", flag, "false", "Flag."},
          {"a.wait", duration, "30s", "Wait.", 1, 60},
          {"a.colour", choice, "red", "Colour.", INT64_MIN, INT64_MAX, "red green"},
          {"a.at", time_of_day, "17:30", "At."},
          {"a.size", bytes, "2KiB", "Size.", 1024, 4096},
          {"a.password", integer, "1", "Secret.", 1, 9, "", true}};
}

Result<Settings> with(std::string name, std::string value, SettingSource source = SettingSource::file) {
  return Settings::create(specs(), {{source, {{std::move(name), std::move(value)}}}});
}

struct Case {
  const char* name;
  const char* value;
  bool good;
};

class Values : public testing::TestWithParam<Case> {};

TEST_P(Values, AreTakenOrRefusedWithNameAndValue) {
  const Case& c = GetParam();
  auto settings = with(c.name, c.value);
  ASSERT_EQ(settings.has_value(), c.good) << c.name << "=" << c.value;
  if (settings) {
    EXPECT_EQ(settings->values().find(c.name)->second.text, c.value);
    EXPECT_EQ(settings->values().find(c.name)->second.source, SettingSource::file);
  } else {
    EXPECT_EQ(settings.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(
        settings.error().message.find("config file: setting '" + std::string(c.name) + "' is '" + c.value + "'"),
        std::string::npos)
        << settings.error().message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Values,
    testing::Values(Case{"a.text", "", true}, Case{"a.count", "0", false}, Case{"a.count", "1", true},
                    Case{"a.count", "2", true}, Case{"a.count", "9", true}, Case{"a.count", "10", true},
                    Case{"a.count", "11", false}, Case{"a.count", "", false}, Case{"a.count", "1.5", false},
                    Case{"a.count", "99999999999999999999", false}, Case{"a.least", "2", false},
                    Case{"a.least", "3", true}, Case{"a.most", "7", true}, Case{"a.most", "8", false},
                    Case{"a.flag", "true", true}, Case{"a.flag", "True", false}, Case{"a.flag", "1", false},
                    Case{"a.wait", "999ms", false}, Case{"a.wait", "1000ms", true}, Case{"a.wait", "1s", true},
                    Case{"a.wait", "1min", true}, Case{"a.wait", "61s", false}, Case{"a.wait", "5", false},
                    Case{"a.wait", "-5s", false}, Case{"a.wait", "5 s", false}, Case{"a.colour", "green", true},
                    Case{"a.colour", "blue", false}, Case{"a.colour", "", false}, Case{"a.at", "00:00", true},
                    Case{"a.at", "23:59", true}, Case{"a.at", "24:00", false}, Case{"a.at", "12:60", false},
                    Case{"a.at", "12", false}, Case{"a.size", "1023", false}, Case{"a.size", "1KiB", true},
                    Case{"a.size", "4KiB", true}, Case{"a.size", "4097", false}, Case{"a.size", "1 KiB", true},
                    Case{"a.size", "1KB", false}, Case{"a.size", "9999999999GiB", false}));

TEST(Settings, ReadByTypeWithDefaults) {
  auto settings = Settings::create(specs(), {});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->text("a.text"), "plain");
  EXPECT_EQ(settings->text("a.colour"), "red");
  EXPECT_EQ(settings->integer("a.count"), 5);
  EXPECT_EQ(settings->integer("a.size"), 2048);
  EXPECT_FALSE(settings->flag("a.flag"));
  EXPECT_EQ(settings->duration("a.wait"), 30s);
  EXPECT_EQ(settings->duration("a.at"), 17h + 30min);
  EXPECT_THROW(settings->integer("a.text"), std::logic_error);
  EXPECT_THROW(settings->text("a.none"), std::logic_error);
}

TEST(Settings, LaterLayersWin) {
  auto settings =
      Settings::create(specs(), {{SettingSource::environment_defaults, {{"a.count", "2"}, {"a.text", "env"}}},
                                 {SettingSource::file, {{"a.count", "3"}, {"a.flag", "true"}}},
                                 {SettingSource::process_environment, {{"a.count", "4"}}},
                                 {SettingSource::command_line, {{"a.count", "6"}}}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->integer("a.count"), 6);
  auto source = [&](std::string_view name) { return to_string(settings->values().find(name)->second.source); };
  EXPECT_EQ(source("a.count"), "command line");
  EXPECT_EQ(source("a.flag"), "file");
  EXPECT_EQ(source("a.text"), "environment");
  EXPECT_EQ(source("a.wait"), "default");
}

TEST(Settings, SuggestTheNearestName) {
  const std::pair<const char*, const char*> cases[] = {
      {"a.cont", "did you mean 'a.count'?"},
      {"a.color", "did you mean 'a.colour'?"},
      {"nothing.like.it.at.all", "`postroom config show` lists them all"}};
  for (auto [name, remedy] : cases) {
    auto settings = with(name, "1", SettingSource::command_line);
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().message.find("--set: there is no setting '" + std::string(name) + "'"), 0u);
    EXPECT_NE(settings.error().message.find(remedy), std::string::npos) << settings.error().message;
  }
}

TEST(Settings, SayWhatIsAllowed) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"a.count", "x", "a whole number from 1 to 10"},
      {"a.least", "x", "a whole number of 3 or more"},
      {"a.most", "x", "a whole number of 7 or less"},
      {"a.wait", "x", "from 1 to 60 s"},
      {"a.colour", "x", "one of: red green"},
      {"a.at", "x", "a time of day such as 17:30"},
      {"a.flag", "x", "true or false"},
      {"a.size", "x", "KiB, MiB, GiB"}};
  for (auto [name, value, allowed] : cases) {
    auto settings = with(name, value, SettingSource::process_environment);
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().message.find("environment variable: "), 0u);
    EXPECT_NE(settings.error().message.find(allowed), std::string::npos) << settings.error().message;
  }
}

TEST(Settings, HideSecretsInMessages) {
  auto settings = with("a.password", "hunter2");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().message.find("hunter2"), std::string::npos);
  EXPECT_NE(settings.error().message.find("(hidden)"), std::string::npos);
}

TEST(Settings, FaultyDeclarationsAreBugs) {
  EXPECT_THROW((void)Settings::create({{"a.x", integer, "0", "X.", 1, 2}}, {}), std::logic_error);
  EXPECT_THROW((void)Settings::create({{"a.x", text, "", "X."}, {"a.x", text, "", "X."}}, {}), std::logic_error);
}

TEST(ParseDuration, ReadsUnits) {
  const std::pair<const char*, std::optional<Duration>> cases[] = {{"250ms", 250ms},
                                                                   {"0s", 0s},
                                                                   {"30s", 30s},
                                                                   {"5min", 5min},
                                                                   {"24h", 24h},
                                                                   {"7d", 24h * 7},
                                                                   {"1000000000s", 1'000'000'000s},
                                                                   {"1000000001s", {}},
                                                                   {"", {}},
                                                                   {"s", {}},
                                                                   {"1m", {}},
                                                                   {"1.5s", {}},
                                                                   {"1sec", {}},
                                                                   {"99999999999999999999s", {}}};
  for (const auto& [text, value] : cases) EXPECT_EQ(parse_duration(text), value) << text;
}

TEST(EnvironmentName, IsUpperCaseWithUnderscores) {
  EXPECT_EQ(environment_name("letters.zip_bytes_max"), "POSTROOM_LETTERS_ZIP_BYTES_MAX");
  EXPECT_EQ(environment_name("environment"), "POSTROOM_ENVIRONMENT");
}

}  // namespace
}  // namespace postroom
