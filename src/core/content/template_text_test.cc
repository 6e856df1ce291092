// More is checked against tests/data/placeholders.json, in tests/vectors.
#include "core/content/template_text.h"

#include <gtest/gtest.h>

namespace postroom::content {
namespace {

TEST(TemplateText, ReadsRunsOfBracketsWithoutGoingBack) {
  std::string open(50'000, '(');
  EXPECT_EQ(TemplateText(open + "a))").occurrences(), 1u);
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "((a";
  EXPECT_EQ(TemplateText(many).occurrences(), 0u);
  EXPECT_EQ(TemplateText(many).fill({}), many);
  EXPECT_EQ(TemplateText("((" + std::string(50'000, 'x')).occurrences(), 0u);
}

TEST(TemplateText, KeepsEveryOccurrenceAndListsEachOnce) {
  TemplateText text("((a)) ((A)) ((b??x))");
  EXPECT_EQ(text.occurrences(), 3u);
  ASSERT_EQ(text.placeholders().size(), 2u);
  EXPECT_FALSE(text.placeholders()[0].conditional);
  EXPECT_TRUE(text.placeholders()[1].conditional);
}

TEST(Personalisation, LaterKeyWinsAlsoWithMany) {
  json::object object;
  for (int i = 0; i < 40; ++i) object["name " + std::to_string(i)] = i;
  object["NAME_7"] = "again";
  object["Name-8"] = nullptr;
  Personalisation values = Personalisation::from_json(object);
  EXPECT_EQ(values.entries().size(), 40u);
  ASSERT_NE(values.find("name7"), nullptr);
  EXPECT_EQ(values.find("name7")->text, "again");
  EXPECT_TRUE(values.find("name8")->is_missing());
  EXPECT_EQ(values.find("name40"), nullptr);
}

TEST(Personalisation, PrintsObjectsAsPythonDoes) {
  json::value value = json::parse(R"({"k":"v'","n":[true,null,1.0],"o":{}})");
  EXPECT_EQ(python_text(value), R"({'k': "v'", 'n': [True, None, 1.0], 'o': {}})");
}

}  // namespace
}  // namespace postroom::content
