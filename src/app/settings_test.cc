// Varied: the environment's name and the layers that say otherwise. The name must select defaults only, and every
// layer above must win.
#include "app/settings.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace postroom::app {
namespace {

namespace fs = std::filesystem;

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    std::string name = (fs::temp_directory_path() / "postroom-settings-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~SettingsTest() override {
    for (const std::string& name : variables_) ::unsetenv(name.c_str());
    fs::remove_all(folder_);
  }
  void variable(const std::string& name, const std::string& value) {
    variables_.push_back(name);
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  std::string config(const std::string& text) {
    std::string path = (folder_ / "postroom.toml").string();
    std::ofstream(path) << text;
    return path;
  }
  static Result<Settings> with(std::map<std::string, std::string, std::less<>> values) {
    return load_settings({.config_path = "", .command_line = std::move(values)});
  }

  fs::path folder_;
  std::vector<std::string> variables_;
};

TEST_F(SettingsTest, EnvironmentsSelectDefaults) {
  struct Case {
    const char* name;
    Environment environment;
    bool tickets, fake_print, sandbox, clock, private_callbacks;
  };
  const Case cases[] = {{"development", Environment::development, false, true, true, true, true},
                        {"test", Environment::test, true, false, true, true, true},
                        {"preview", Environment::preview, false, true, true, false, false},
                        {"staging", Environment::staging, false, false, false, false, false},
                        {"production", Environment::production, true, false, false, false, false},
                        {"live", Environment::production, true, false, false, false, false}};
  for (const Case& c : cases) {
    auto s = with({{"environment", c.name}});
    ASSERT_TRUE(s) << s.error().message;
    EXPECT_EQ(environment_of(*s), c.environment) << c.name;
    EXPECT_EQ(s->flag("flags.raises_tickets"), c.tickets) << c.name;
    EXPECT_EQ(s->flag("flags.fakes_print_responses"), c.fake_print) << c.name;
    EXPECT_EQ(s->flag("flags.sandbox_providers"), c.sandbox) << c.name;
    EXPECT_EQ(s->flag("flags.clock_may_be_moved"), c.clock) << c.name;
    EXPECT_EQ(s->flag("flags.private_callback_targets"), c.private_callbacks) << c.name;
    EXPECT_EQ(parse_environment(c.name), c.environment);
  }
  EXPECT_EQ(environment_of(*with({})), Environment::development);
  EXPECT_FALSE(with({{"environment", "prod"}}));
  EXPECT_FALSE(parse_environment("prod"));
}

TEST_F(SettingsTest, FileVariableAndCommandLineWinInThatOrder) {
  std::string path =
      config("environment = \"production\"\n[api]\nthreads = 2\n[flags]\nsandbox_providers = true\n");
  auto s = load_settings({.config_path = path, .command_line = {}});
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(s->integer("api.threads"), 2);
  EXPECT_TRUE(s->flag("flags.sandbox_providers")) << "the file wins over the environment's defaults";
  EXPECT_FALSE(s->flag("flags.clock_may_be_moved"));
  variable("POSTROOM_API_THREADS", "3");
  variable("POSTROOM_ENVIRONMENT", "preview");
  variable("POSTROOM_SOMETHING_ELSE", "x");
  s = load_settings({.config_path = path, .command_line = {}});
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(s->integer("api.threads"), 3);
  EXPECT_EQ(environment_of(*s), Environment::preview);
  s = load_settings({.config_path = path, .command_line = {{"api.threads", "4"}}});
  EXPECT_EQ(s->integer("api.threads"), 4);
}

TEST_F(SettingsTest, FaultsNameTheirLayer) {
  const std::pair<SettingsSources, const char*> cases[] = {
      {{(folder_ / "absent.toml").string(), {}}, "config file " /* path */},
      {{config("[api]\nthreads = 0\n"), {}}, "config file: setting 'api.threads' is '0'"},
      {{"", {{"api.threads", "513"}}},
       "--set: setting 'api.threads' is '513', but must be a whole number from 1 to 512"},
      {{"", {{"api.thread", "5"}}}, "--set: there is no setting 'api.thread'; did you mean 'api.threads'?"}};
  for (const auto& [sources, message] : cases) {
    auto s = load_settings(sources);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().message.find(message), 0u) << s.error().message;
  }
  variable("POSTROOM_API_THREADS", "many");
  EXPECT_EQ(with({}).error().message.find("environment variable: setting 'api.threads' is 'many'"), 0u);
}

TEST_F(SettingsTest, EveryDeclarationIsWholeAndDescribed) {
  auto s = with({{"smtp.password", "hunter2"}});
  ASSERT_TRUE(s);
  std::string described = write_json(describe_settings(*s));
  EXPECT_EQ(described.find("hunter2"), std::string::npos);
  EXPECT_NE(described.find(R"x({"name":"smtp.password","value":"(set)","source":"command line")x"),
            std::string::npos);
  EXPECT_EQ(describe_settings(*s).size(), all_settings().size());
  for (const SettingSpec& spec : all_settings()) {
    EXPECT_FALSE(spec.help.empty()) << spec.name;
    EXPECT_TRUE(spec.help.ends_with(".")) << spec.name;
  }
}

}  // namespace
}  // namespace postroom::app
