// Email HTML, plain text and preheader, letter bodies, subjects.
#include "content_vectors.h"
#include "core/content/email.h"
#include "core/content/html_entities.h"
#include "core/content/letter.h"
#include "core/content/typography.h"

namespace postroom::vectors {
namespace {

using namespace content;

std::string canonical_letter(std::string html) {
  html = replace_all(html, "<hr class=\"page-break\">", "<page-break>");
  // The vectors show the data as text of the page: after typography, with an element for a line break. The data
  // of our codes stays as typed.
  return replace_between(html, "<img class=\"qr-code\" alt=\"", "\">", [](const std::string& payload) {
    return "<qr>" + replace_all(curly_quotes(decode_entities(payload)), "\n", "<br>") + "</qr>";
  });
}

void check_subject(const json::object& row) {
  Personalisation values = values_of(row);
  EmailTemplate email(text_of(row, "subject"), "");
  EXPECT_EQ(email.render_subject_html(values), text_of(row, "html"));
  EXPECT_EQ(email.render_subject(values), text_of(row, "plain"));
  EXPECT_EQ(LetterTemplate(text_of(row, "subject"), "").api_subject(values), text_of(row, "letter"));
}

// Two rows nest links; ours do not (HTML forbids it).
std::string without_nested_link(const std::string& expected) {
  std::string html = replace_all(expected, "Go <a href=\"http://y\">x</a></a>", "Go x</a>");
  return replace_all(html, "Go x: y: https://e.org", "Go x: https://e.org");
}

void check_body(const json::object& row) {
  Personalisation values = values_of(row);
  EmailTemplate email("", text_of(row, "content"));
  EmailOptions options{.unsubscribe_url = text_of(row, "unsubscribe_link"),
                       .unsubscribe_text = "⟦unsubscribe text⟧"};
  int checks = 0;
  if (row.contains("email_html")) {
    EXPECT_EQ(canonical_email(email.render_html_fragment(values, options)),
              without_nested_link(text_of(row, "email_html")));
    ++checks;
  }
  if (row.contains("email_plain")) {
    EXPECT_EQ(email.render_plain(values, options), without_nested_link(text_of(row, "email_plain")));
    ++checks;
  }
  if (row.contains("preheader")) {
    EXPECT_EQ(email.render_preheader(values, options), text_of(row, "preheader"));
    ++checks;
  }
  if (row.contains("letter")) {
    EXPECT_EQ(canonical_letter(LetterTemplate("", text_of(row, "content")).render_html(values)),
              text_of(row, "letter"));
    ++checks;
  }
  EXPECT_GT(checks, 0) << "the row expects nothing";
}

void check(const json::object& row) {
  if (text_of(row, "category") == "subject") {
    check_subject(row);
  } else {
    check_body(row);
  }
}

const VectorFile kFile("markdown", check);

}  // namespace
}  // namespace postroom::vectors
