// Varied: TOML texts, good and faulty. Tables become dotted names, and every refusal says on which line.
#include <gtest/gtest.h>

#include "base/settings.h"

namespace postroom {
namespace {

TEST(ConfigFile, TablesBecomeDottedNames) {
  auto values = parse_config_file(
      "environment = \"staging\"\n# a comment\n[api]\nthreads = 12\n[flags]\nraises_tickets = true\n"
      "[a.b]\nc = 'd'\n");
  ASSERT_TRUE(values) << values.error().message;
  std::map<std::string, std::string, std::less<>> expected{
      {"environment", "staging"}, {"api.threads", "12"}, {"flags.raises_tickets", "true"}, {"a.b.c", "d"}};
  EXPECT_EQ(*values, expected);
  EXPECT_TRUE(parse_config_file("")->empty());
}

TEST(ConfigFile, ErrorsNameTheLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"a = 1\nb = \n", "config file: line 2"},
      {"a = 1\n\nb = 1.5\n", "config file: line 3: 'b' must be text in quotes"},
      {"[x]\ny = [1, 2]\n", "config file: line 2: 'x.y' must be"},
      {"a = 2026-03-02\n", "config file: line 1: 'a' must be"},
      {"a = 1\na = 2\n", "config file: line 2"},
      {"a = \"open\n", "config file: line 1"},
      {"a = \"\xFF\"\n", "config file: line 1"}};
  for (auto [text, message] : cases) {
    auto values = parse_config_file(text);
    ASSERT_FALSE(values) << text;
    EXPECT_EQ(values.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(values.error().message.find(message), 0u) << values.error().message;
  }
}

}  // namespace
}  // namespace postroom
