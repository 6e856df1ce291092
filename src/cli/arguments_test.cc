// Varied: command lines, good and senseless. A good one must become the command with exactly its arguments; a
// senseless one must exit with 2 and say why.
#include "cli/arguments.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace postroom::cli {
namespace {

namespace fs = std::filesystem;

std::variant<Invocation, EarlyExit> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "postroom");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_arguments(static_cast<int>(words.size()), argv.data());
}

using Words = std::vector<std::string>;

struct Good {
  Words words;
  const char* command;
  const char* arguments;
};

TEST(Arguments, BecomeCommands) {
  const Good cases[] = {
      {{"serve"}, "serve", "{}"},
      {{"migrate"}, "migrate", "{}"},
      {{"doctor"}, "doctor", "{}"},
      {{"config", "show"}, "config show", "{}"},
      {{"service", "create", "Harbour", "--permissions", "email, sms", "--trial"},
       "service create",
       R"({"name":"Harbour","permissions":["email","sms"],"trial":true})"},
      {{"service", "list"}, "service list", "{}"},
      {{"key", "create", "Harbour", "live", "--type", "normal"},
       "key create",
       R"({"service":"Harbour","name":"live","type":"normal"})"},
      {{"key", "revoke", "Harbour", "live"}, "key revoke", R"({"service":"Harbour","key":"live"})"},
      {{"template", "create", "Harbour", "--type", "sms", "--name", "T", "--content", "Hi"},
       "template create",
       R"({"service":"Harbour","type":"sms","name":"T","content":"Hi"})"},
      {{"template", "list"}, "template list", "{}"},
      {{"callback", "set", "H", "--type", "delivery", "--url", "https://x", "--token", "t"},
       "callback set",
       R"({"service":"H","type":"delivery","url":"https://x","token":"t"})"},
      {{"callback", "secret", "rotate", "H", "--type", "inbound", "--overlap-hours", "0"},
       "callback secret rotate",
       R"({"service":"H","type":"inbound","overlap_hours":0})"},
      {{"callback", "on", "H", "--type", "inbound", "--replay"},
       "callback on",
       R"({"service":"H","type":"inbound","replay":true})"},
      {{"callback", "replay", "H", "--since", "2026-03-02T09:15:00Z", "--state", "failed"},
       "callback replay",
       R"({"service":"H","since":"2026-03-02T09:15:00Z","state":"failed"})"},
      {{"callback", "attempts", "H", "--limit", "5"}, "callback attempts", R"({"service":"H","limit":5})"},
      {{"inbound-number", "add", "07123123123", "--service", "H", "--provider", "mmg"},
       "inbound-number add",
       R"({"number":"07123123123","service":"H","provider":"mmg"})"},
      {{"inbound-number", "list"}, "inbound-number list", "{}"},
      {{"inbound-number", "remove", "1"}, "inbound-number remove", R"({"number":"1"})"},
      {{"letters", "token", "7"}, "letters token", R"({"id":"7"})"},
      {{"document", "list", "H", "--limit", "5"}, "document list", R"({"service":"H","limit":5})"},
      {{"document", "delete", "7"}, "document delete", R"({"id":"7"})"},
      {{"job", "show", "7"}, "job show", R"({"id":"7"})"},
      {{"notification", "show", "7"}, "notification show", R"({"id":"7"})"},
      {{"letters", "collate", "--now"}, "letters collate", R"({"now":true})"},
      {{"letters", "record-jobs"}, "letters record-jobs", "{}"},
      {{"letters", "send-records", "--day", "2026-03-02"}, "letters send-records", R"({"day":"2026-03-02"})"},
      {{"letters", "send-records", "a", "b", "--now"}, "letters send-records", R"({"jobs":["a","b"],"now":true})"},
      {{"letters", "build-records", "a"}, "letters build-records", R"({"job":"a"})"},
      {{"service", "update", "H", "--permissions", "letter", "--print-records", "--print-organisation", "001"},
       "service update",
       R"({"service":"H","permissions":["letter"],"print_records":true,"print_organisation":"001"})"},
      {{"letters", "status", "--day", "2026-03-02"}, "letters status", R"({"day":"2026-03-02"})"},
      {{"letters", "poll"}, "letters poll", "{}"},
      {{"service", "letter-logo", "H", "--remove"}, "service letter-logo", R"({"service":"H","remove":true})"},
      {{"print-house", "run", "--once", "--fail", "A", "--fail", "B"},
       "print-house run",
       R"({"once":true,"interval_seconds":5,"withhold_acknowledgements":false,"withhold_responses":false,"fail":["A","B"]})"},
      {{"status"}, "status", "{}"},
      {{"tasks", "buried"}, "tasks buried", "{}"},
      {{"tasks", "revive", "7"}, "tasks revive", R"({"id":"7"})"}};
  for (const Good& c : cases) {
    auto parsed = parse(c.words);
    const auto* made = std::get_if<Invocation>(&parsed);
    ASSERT_NE(made, nullptr) << c.command << ": " << std::get<EarlyExit>(parsed).text;
    EXPECT_EQ(made->command, c.command);
    EXPECT_EQ(write_json(made->arguments), c.arguments);
    EXPECT_TRUE(made->settings.empty());
    EXPECT_FALSE(made->as_json);
  }
}

TEST(Arguments, OptionsThatStandForSettingsMayComeAnywhere) {
  for (const Words& words :
       {Words{"--data", "/srv/d", "--set", "api.threads=4", "--set", "api.tls_key=a=b", "--json", "--config",
              "c.toml", "--environment", "test", "serve", "--api", ":1", "--web", ":2", "--roles", "api"},
        Words{"serve", "--api", ":1", "--web", ":2", "--roles", "api", "--environment", "test", "--config",
              "c.toml", "--json", "--set", "api.threads=4", "--set", "api.tls_key=a=b", "--data", "/srv/d"}}) {
    auto parsed = parse(words);
    const auto* made = std::get_if<Invocation>(&parsed);
    ASSERT_NE(made, nullptr) << std::get<EarlyExit>(parsed).text;
    std::map<std::string, std::string, std::less<>> settings{
        {"data.folder", "/srv/d"}, {"api.threads", "4"}, {"api.tls_key", "a=b"}, {"environment", "test"},
        {"api.listen", ":1"},      {"web.listen", ":2"}, {"roles", "api"}};
    EXPECT_EQ(made->settings, settings);
    EXPECT_EQ(made->config_path, "c.toml");
    EXPECT_TRUE(made->as_json);
  }
}

TEST(Arguments, SenselessLinesExitWithTwo) {
  const std::pair<Words, const char*> cases[] = {
      {{}, ""},
      {{"fly"}, "there is no command 'fly'"},
      {{"service", "fly"}, "there is no command 'fly'"},
      {{"service"}, ""},
      {{"service", "create"}, "NAME"},
      {{"key", "create", "H", "n"}, "--type"},
      {{"serve", "--colour"}, "--colour"},
      {{"serve", "--set", "threads"}, "--set threads: write KEY=VALUE"},
      {{"serve", "--set", "=4"}, "--set =4: write KEY=VALUE"},
      {{"serve", "extra"}, "extra"},
      {{"print-house", "run", "--interval", "0"}, "--interval"},
      {{"print-house", "run", "--interval", "3601"}, "--interval"},
      {{"print-house", "run", "--interval", "soon"}, "--interval"},
      {{"service", "letter-logo", "H"}, "give either FILE or --remove"},
      {{"service", "letter-logo", "H", "/nonexistent.svg"}, "FILE: '/nonexistent.svg' cannot be read"},
      {{"job", "create", "H", "T", "/nonexistent/p.csv"}, "FILE: '/nonexistent/p.csv' cannot be read"},
      {{"template", "create", "H", "--type", "sms", "--name", "T", "--content-file", "/nonexistent"},
       "--content-file: '/nonexistent' cannot be read"}};
  for (const auto& [words, part] : cases) {
    auto parsed = parse(words);
    const auto* early = std::get_if<EarlyExit>(&parsed);
    ASSERT_NE(early, nullptr) << part;
    EXPECT_EQ(early->code, 2) << part;
    EXPECT_NE(early->text.find(part), std::string::npos) << early->text;
  }
}

TEST(Arguments, HelpAndVersionExitWithZero) {
  for (const Words& words :
       {Words{"--help"}, Words{"serve", "--help"}, Words{"key", "create", "--help"}, Words{"--version"}}) {
    auto parsed = parse(words);
    const auto* early = std::get_if<EarlyExit>(&parsed);
    ASSERT_NE(early, nullptr);
    EXPECT_EQ(early->code, 0);
    EXPECT_NE(early->text.find(words.back() == "--version" ? "postroom 0." : "OPTIONS"), std::string::npos)
        << early->text;
  }
}

TEST(Arguments, FilesAreReadAndNamedWithoutTheirFolder) {
  std::string folder = (fs::temp_directory_path() / "postroom-cli-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::string path = folder + "/people.csv";
  std::ofstream(path, std::ios::binary) << "phone number\r\n07900900123\r\n";
  for (const Words& words : {Words{"job", "create", "H", "T", path}, Words{"letters", "response", path}}) {
    auto parsed = parse(words);
    const auto* made = std::get_if<Invocation>(&parsed);
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(get_string(made->arguments, "file_name"), "people.csv");
    EXPECT_EQ(get_string(made->arguments, "content"), "phone number\r\n07900900123\r\n");
  }
  auto parsed = parse({"service", "create", "H", "--contact-block-file", path});
  EXPECT_EQ(get_string(std::get<Invocation>(parsed).arguments, "contact_block"), "phone number\r\n07900900123\r\n");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace postroom::cli
