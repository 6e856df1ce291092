#include "core/content/sms.h"

#include <gtest/gtest.h>

#include "core/content/content_vectors.h"

namespace postroom::content {
namespace {

void check_character(const json::object& row) {
  std::size_t position = 0;
  std::string text = text_of(row, "char");
  char32_t c = next_code_point(text, position);
  EXPECT_EQ(sms_replacement(c), text_of(row, "sms"));
  if (row.at("gsm7").as_bool() || row.at("extended").as_bool() || row.at("forces_ucs2").as_bool()) {
    EXPECT_TRUE(is_sms_character(c));
  }
  if (!is_sms_character(c)) return;
  SmsText sms = sanitise_sms("a" + text + "a");
  if (sms.text == "aa" || sms.characters != 3) return;  // white space rules apply, too
  EXPECT_EQ(sms.extended > 0, row.at("extended").as_bool());
  EXPECT_EQ(sms.ucs2, row.at("forces_ucs2").as_bool());
}

void check_message(const json::object& row) {
  SmsTemplate sms(text_of(row, "content"));
  std::string prefix = row.contains("show_prefix") && row.at("show_prefix").as_bool() ? text_of(row, "prefix") : "";
  auto render = [&](std::string_view with) {
    return has_values(row) ? sms.render(values_of(row), with) : sms.render_without_values(with);
  };
  SmsText text = render(prefix);
  EXPECT_EQ(text.text, text_of(row, "sanitised"));
  EXPECT_EQ(text.characters, static_cast<std::size_t>(row.at("char_count").as_int64()));
  EXPECT_EQ(text.extended, static_cast<std::size_t>(row.at("extended_count").as_int64()));
  EXPECT_EQ(text.fragments(), row.at("fragments").as_int64());
  EXPECT_EQ(text.ucs2, row.at("is_unicode").as_bool());
  std::vector<std::string> replaced;
  for (char32_t c : text.replaced) append_utf8(replaced.emplace_back(), c);
  std::vector<std::string> expected = strings_of(row.at("replaced"));
  std::ranges::sort(replaced);
  std::ranges::sort(expected);
  EXPECT_EQ(replaced, expected);
  SmsText body = render("");
  const json::object& limits = row.contains("body_only") ? row.at("body_only").as_object() : row;
  EXPECT_EQ(body.characters, static_cast<std::size_t>(limits.at("char_count").as_int64()));
  EXPECT_EQ(body.is_too_long(), limits.at("too_long").as_bool());
  EXPECT_EQ(body.is_empty(), limits.at("empty").as_bool());
}

TEST(Sms, VectorsOfSmsContent) {
  RowCount count("sms_content");
  for (const auto& item : load_vectors("sms_content")) {
    const json::object& row = item.as_object();
    SCOPED_TRACE(json::serialize(row).substr(0, 400));
    count.add();
    if (text_of(row, "category") == "character") {
      check_character(row);
    } else {
      check_message(row);
    }
  }
  EXPECT_EQ(count.rows(), 452);
}

TEST(Sms, FragmentBordersOfBothAlphabets) {
  EXPECT_EQ(sms_fragments(160, 0, false), 1);
  EXPECT_EQ(sms_fragments(161, 0, false), 2);
  EXPECT_EQ(sms_fragments(159, 2, false), 2);
  EXPECT_EQ(sms_fragments(306, 0, false), 2);
  EXPECT_EQ(sms_fragments(307, 0, false), 3);
  EXPECT_EQ(sms_fragments(70, 9, true), 1);
  EXPECT_EQ(sms_fragments(71, 0, true), 2);
  EXPECT_EQ(sms_fragments(134, 0, true), 2);
  EXPECT_EQ(sms_fragments(135, 0, true), 3);
  EXPECT_EQ(sms_fragments(918, 918, false), 12);
}

TEST(Sms, SanitisingTwiceChangesNothing) {
  for (const auto& item : load_vectors("sms_content")) {
    if (!item.as_object().contains("sanitised")) continue;
    std::string once = sanitise_sms(text_of(item.as_object(), "sanitised")).text;
    EXPECT_EQ(sanitise_sms(once).text, once);
  }
}

TEST(Sms, TakesIllFormedTextAndLongBlanks) {
  EXPECT_EQ(sanitise_sms("a\xFF\xC3").text, "a??");
  EXPECT_EQ(sanitise_sms("a" + std::string(50'000, ' ') + "b").text, "a b");
}

}  // namespace
}  // namespace postroom::content
