// Values made harmless before they go into an email, and what the email then shows.
#include "content_vectors.h"
#include "core/content/email.h"
#include "core/content/value_sanitiser.h"

namespace postroom::vectors {
namespace {

using namespace content;

void check(const json::object& row) {
  std::string sanitised = sanitise_value(text_of(row, "value"));
  EXPECT_EQ(sanitised, text_of(row, "sanitised"));
  EmailTemplate email("", "Hi ((x))");
  Personalisation values;
  values.set("x", PersonalisationValue::of_text(sanitised));
  EXPECT_EQ(email.render_plain(values), text_of(row, "rendered_plain"));
  EXPECT_EQ(canonical_email(email.render_html_fragment(values)), text_of(row, "rendered_html"));
}

const VectorFile kFile("sanitise_content_for", check);

}  // namespace
}  // namespace postroom::vectors
