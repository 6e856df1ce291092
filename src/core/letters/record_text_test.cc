// Varied: templates, values and contact blocks. Held: the markup that the print house sets letters from.
#include "core/letters/record_text.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"

namespace postroom::letters {
namespace {

const Date kDay{std::chrono::year{2018}, std::chrono::February, std::chrono::day{1}};

content::Personalisation values_of(const json::object& object) {
  return content::Personalisation::from_json(object);
}

std::string markup(const std::string& content, const json::object& values = {}) {
  const std::string all = RecordTemplate({.subject = "S", .content = content}).body(values_of(values), kDay);
  const std::string head = "1 February 2018<cr><cr><h1>S<normal><cr><cr>";
  EXPECT_TRUE(all.starts_with(head)) << all;
  return all.substr(std::min(head.size(), all.size()));
}

TEST(RecordText, LG2_body_markup) {
  struct Case {
    std::string content, expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"text", "text<cr><cr>"},
           {"a\n\nb", "a<cr><cr>b<cr><cr>"},
           {"a\n\n\nb", "a<cr><cr><cr>b<cr><cr>"},
           {"a\n\n\n\n\nb\n\n\nc", "a<cr><cr><cr><cr><cr>b<cr><cr><cr>c<cr><cr>"},
           {"a\r\n\r\n\r\nb", "a<cr><cr><cr>b<cr><cr>"},
           {"a\n\n\n\n# b", "a<cr><cr><cr><cr><h2>b<normal><cr><cr>"},
           {"a\n\n\n\n* b", "a<cr><op><bul><tab>b<p><cr>"},
           {"* a\n\n\n\nb", "<cr><op><bul><tab>a<p><cr>b<cr><cr>"},
           {"a\x02\n\n\x02\n\nb", "a<cr><cr><cr><cr>b<cr><cr>"},
           {"\n\n\na\n\n\n\n", "<cr>a<cr><cr>"},
           {"a\nb", "a<cr>b<cr><cr>"},
           {"a\r\nb", "a<cr>b<cr><cr>"},
           {"# heading", "<h2>heading<normal><cr><cr>"},
           {"## deeper", "deeper<cr><cr>"},
           {"###### deepest", "deepest<cr><cr>"},
           {"# Title\n* one", "<h2>Title<normal><cr><op><bul><tab>one<p><cr>"},
           {"# Title\n\n* one", "<h2>Title<normal><cr><op><bul><tab>one<p><cr>"},
           {"Here is a list:\n\n* one\n* two\n\nAfter",
            "Here is a list:<cr><op><bul><tab>one<bul><tab>two<p><cr>After<cr><cr>"},
           {"Steps\n\n1. a\n2. b\n", "Steps<cr><np>a<np>b<p><cr>"},
           {"1. a\n2. b", "<np>a<np>b<p><cr>"},
           {"* a", "<cr><op><bul><tab>a<p><cr>"},
           {"* a\n    * b\n", "<cr><op><bul><tab>a<cr><op><bul><tab>b<p><cr>"},
           {"[text](https://example.org/a)", "text: <b>example.org/a<normal><cr><cr>"},
           {"see https://example.org/a now", "see <b>example.org/a<normal> now<cr><cr>"},
           {"a\n\n***\n\nb", "a<cr><cr>b<cr><cr>"},
           {"a **strong** and _soft_", "a **strong** and _soft_<cr><cr>"},
           {"^ inset", "inset<cr><cr>"},
           {"it's \"so\"", "it’s “so”<cr><cr>"},
           {"this - that", "this – that<cr><cr>"},
           {"word , and .", "word, and.<cr><cr>"},
           {"a & b < c > d", "a & b < c > d<cr><cr>"},
           {"&amp; &lt;cr&gt;x", "& x<cr><cr>"},
           {"a|b", "ab<cr><cr>"},
           {"<cr>x<H1>y<NORMAL>", "xy<cr><cr>"},
           {"<c<cr>r>x", "x<cr><cr>"},
           {"non-breaking-hyphens", "non-breaking-hyphens<cr><cr>"},
       }) {
    EXPECT_EQ(markup(c.content), c.expected) << c.content;
  }
}

TEST(RecordText, LG2_values_are_cleaned) {
  struct Case {
    std::string value, expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"a|b", "[ab]<cr><cr>"},
           {"Ann <cr>", "[Ann ]<cr><cr>"},
           {"<CR>x", "[x]<cr><cr>"},
           {"<h1>x<normal>", "[x]<cr><cr>"},
           {"<c|r>x", "[x]<cr><cr>"},
           {"&lt;cr&gt;x", "[x]<cr><cr>"},
           {"&#60;cr&#62;x", "[x]<cr><cr>"},
           {"<b>bold", "[bold]<cr><cr>"},
           {"Ann & Bob", "[Ann & Bob]<cr><cr>"},
       }) {
    EXPECT_EQ(markup("[((v))]", {{"v", c.value}}), c.expected) << c.value;
  }
  EXPECT_EQ(markup("Dear ((v)), hello", {{"v", "Ann <CR>"}}), "Dear Ann, hello<cr><cr>");
  EXPECT_EQ(markup("((list))", {{"list", json::array{"a", "b"}}}), "<cr><op><bul><tab>a<bul><tab>b<p><cr>");
}

TEST(RecordText, LG2_never_has_a_line_end) {
  for (const std::string& content :
       {std::string("a\nb"), std::string("    code\n    more\n"), std::string("```\ncode\nmore\n```"),
        std::string("a\x0b\x0c b"), std::string("| a | b |\n|---|---|\n| c | d |\n")}) {
    const std::string text = markup(content, {{"v", "a\nb\r\nc"}});
    EXPECT_EQ(text.find_first_of("\r\n|"), std::string::npos) << content;
  }
  EXPECT_EQ(markup("x((v))", {{"v", "1\n2"}}), "x1<cr>2<cr><cr>");
}

TEST(RecordText, LG2_subject_and_date) {
  const RecordTemplate text({.subject = "About ((what)) & \"more\" |<h1>", .content = "x"});
  const Date day{std::chrono::year{2026}, std::chrono::November, std::chrono::day{25}};
  EXPECT_EQ(text.body(values_of({{"what", "<cr>bins"}}), day),
            "25 November 2026<cr><cr><h1>About bins & “more”<normal><cr><cr>x<cr><cr>");
}

TEST(RecordText, welsh_part_comes_first) {
  const RecordTemplate text(
      {.subject = "Hello", .content = "x", .welsh_first = true, .welsh_subject = "Helo", .welsh_content = "y"});
  EXPECT_EQ(text.body({}, kDay),
            "1 Chwefror 2018<cr><cr><h1>Helo<normal><cr><cr>y<cr><cr>"
            "1 February 2018<cr><cr><h1>Hello<normal><cr><cr>x<cr><cr>");
}

TEST(RecordText, LG1_contact_block) {
  const RecordTemplate own({.subject = "S", .content = "x", .contact_block = "((team))\nRoad ,\nTown"});
  EXPECT_EQ(own.contact_lines(values_of({{"team", "Bins & Co"}}), "Other"),
            (std::vector<std::string>{"Bins & Co", "Road,", "Town"}));
  const RecordTemplate none({.subject = "S", .content = "x"});
  EXPECT_EQ(none.contact_lines({}, "House\nRoad"), (std::vector<std::string>{"House", "Road"}));
  EXPECT_TRUE(none.contact_lines({}, "").empty());
}

TEST(RecordText, LG1_whole_line_of_a_letter) {
  notifications::Notification letter;
  letter.reference = "ABCDEFGHIJKLMNOP";
  letter.to = "Ann|Lee\n1 High\tStreet\nTown\nsw1a1aa";
  letter.personalisation = R"({"name":"Ann <cr>|Lee","address_line_1":"x"})";
  letter.reply_to = "Council\nHouse";
  const RecordTemplate text({.subject = "Bins", .content = "Dear ((name))"});
  EXPECT_EQ(record_of(letter, text, "001", kDay).value(),
            "140|001|001||ABCDEFGHIJKLMNOP|||Council|House|||||||||AnnLee||1 High Street|Town||||SW1A 1AA|||||||||"
            "1 February 2018<cr><cr><h1>Bins<normal><cr><cr>Dear Ann Lee<cr><cr>");
  letter.personalisation = "[";
  EXPECT_EQ(record_of(letter, text, "001", kDay).error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace postroom::letters
