#include "core/content/value_sanitiser.h"

#include <gtest/gtest.h>

#include "core/content/content_vectors.h"
#include "core/content/email.h"

namespace postroom::content {
namespace {

TEST(ValueSanitiser, VectorsOfSanitiseContentFor) {
  RowCount count("sanitise_content_for");
  for (const auto& item : load_vectors("sanitise_content_for")) {
    const json::object& row = item.as_object();
    SCOPED_TRACE(json::serialize(row));
    count.add();
    std::string sanitised = sanitise_value(text_of(row, "value"));
    EXPECT_EQ(sanitised, text_of(row, "sanitised"));
    EmailTemplate email("", "Hi ((x))");
    Personalisation values;
    values.set("x", PersonalisationValue::of_text(sanitised));
    EXPECT_EQ(email.render_plain(values), text_of(row, "rendered_plain"));
    std::string html = replace_between(email.render_html_fragment(values), " style=\"", "\"",
                                       [](const std::string&) { return std::string(); });
    html = replace_all(replace_all(html, "<table role=\"presentation\"><tr><td>", ""), "</td></tr></table>", "");
    html =
        replace_all(replace_all(html, "<div><blockquote>", "<blockquote>"), "</blockquote></div>", "</blockquote>");
    EXPECT_EQ(html, text_of(row, "rendered_html"));
  }
  EXPECT_EQ(count.rows(), 39);
}

TEST(ValueSanitiser, ChangesOnlyNamedTextValuesAndReportsThem) {
  json::object values =
      json::parse(R"({"First Name":"a.example","n":3,"other":"b.example","same":"x"})").as_object();
  auto changed = sanitise_content_for(values, {"first_name", "n", "same", "absent"});
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].name, "First Name");
  EXPECT_EQ(changed[0].unsanitised, "a.example");
  EXPECT_EQ(changed[0].sanitised, "a\\. example");
  EXPECT_EQ(values.at("First Name"), "a\\. example");
  EXPECT_EQ(values.at("n"), 3);
  EXPECT_EQ(values.at("other"), "b.example");
}

TEST(ValueSanitiser, LongRunsWithoutDomainStay) {
  std::string hyphens;
  for (int i = 0; i < 50'000; ++i) hyphens += "a-";
  EXPECT_EQ(sanitise_value(hyphens).size(), 150'000u);
  std::string dots;
  for (int i = 0; i < 50'000; ++i) dots += "1.";
  EXPECT_EQ(sanitise_value(dots).size(), 150'000u);
}

}  // namespace
}  // namespace postroom::content
