// Text messages: white space, characters, alphabets, fragments, limits.
#include <algorithm>

#include "content_vectors.h"
#include "core/content/sms.h"

namespace postroom::vectors {
namespace {

using namespace content;

void check_character(const json::object& row) {
  std::size_t position = 0;
  std::string text = text_of(row, "char");
  char32_t c = next_code_point(text, position);
  EXPECT_EQ(sms_replacement(c), text_of(row, "sms"));
  if (flag_of(row, "gsm7") || flag_of(row, "extended") || flag_of(row, "forces_ucs2")) {
    EXPECT_TRUE(is_sms_character(c));
  }
  if (!is_sms_character(c)) return;
  SmsText sms = sanitise_sms("a" + text + "a");
  if (sms.text == "aa" || sms.characters != 3) return;  // white space rules apply, too
  EXPECT_EQ(sms.extended > 0, flag_of(row, "extended"));
  EXPECT_EQ(sms.ucs2, flag_of(row, "forces_ucs2"));
}

void check_message(const json::object& row) {
  SmsTemplate sms(text_of(row, "content"));
  std::string prefix = flag_of(row, "show_prefix") ? text_of(row, "prefix") : "";
  bool filled = row.contains("values") && row.at("values").is_object();
  auto render = [&](std::string_view with) {
    return filled ? sms.render(values_of(row), with) : sms.render_without_values(with);
  };
  SmsText text = render(prefix);
  EXPECT_EQ(text.text, text_of(row, "sanitised"));
  EXPECT_EQ(text.characters, size_of(row, "char_count"));
  EXPECT_EQ(text.extended, size_of(row, "extended_count"));
  EXPECT_EQ(text.fragments(), row.at("fragments").as_int64());
  EXPECT_EQ(text.ucs2, flag_of(row, "is_unicode"));
  std::vector<std::string> replaced;
  for (char32_t c : text.replaced) append_utf8(replaced.emplace_back(), c);
  std::vector<std::string> expected = texts_of(row, "replaced");
  std::ranges::sort(replaced);
  std::ranges::sort(expected);
  EXPECT_EQ(replaced, expected);
  SmsText body = render("");
  const json::object& limits = row.contains("body_only") ? row.at("body_only").as_object() : row;
  EXPECT_EQ(body.characters, size_of(limits, "char_count"));
  EXPECT_EQ(body.is_too_long(), flag_of(limits, "too_long"));
  EXPECT_EQ(body.is_empty(), flag_of(limits, "empty"));
}

void check(const json::object& row) {
  if (text_of(row, "category") == "character") {
    check_character(row);
  } else {
    check_message(row);
  }
}

const VectorFile kFile("sms_content", check);

}  // namespace
}  // namespace postroom::vectors
