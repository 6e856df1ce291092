// Whatever stands in a value, it stays text: the HTML that we write has the elements and attributes of the template
// and nothing else.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "core/content/email.h"
#include "core/content/letter.h"
#include "generators.h"
#include "html_tree.h"

namespace postroom::properties {
namespace {

using namespace content;

// What HTML gives a meaning and Markdown does not. No blanks, which end URLs.
const std::vector<std::string> kMarkup = {
    "<",     ">",        "&",       "\"",       "'",         "/",       "=",        ";",           "<script",
    "</p>",  "<img/src", "onerror", "<!--",     "-->",       "&lt;",    "&#60;",    "&quot;",      "&#x22;",
    "&amp;", "&lt",      "&#0;",    "&#xd800;", "<![CDATA[", "]]>",     "</style>", "<svg/onload", "javascript",
    "a",     "é",        "\xFF",    "🙂",       "</a>",      "\"style", "'href",    "&nbsp;",      "&copy;"};

// The same text for Markdown, without anything that HTML cares for.
std::string harmless(std::string_view value) {
  std::string out;
  for (char c : value) out += std::string_view("<>&\"'").find(c) == std::string_view::npos ? c : 'x';
  return out;
}

// The template's texts around ((v)), each with another place for a value.
const std::vector<std::string> kTemplates = {
    "Dear ((v)), hello",
    "# Head ((v)) line\n\n## Second ((v)) line",
    "Items:\n\n* one ((v)) x\n* two ((v)) y\n  1. inner ((v)) z",
    "^ inset ((v)) text",
    "[see ((v)) page](https://e.org/path)",
    "[page](https://e.org/x((v))y)",
    "https://e.org/x((v))y and more",
    "((v??shown)) a ((v)) b",
    "a ((v)) b\n---\nc ((v)) d",
};

Personalisation values_of(const std::string& value) {
  Personalisation values;
  values.set("v", PersonalisationValue::of_text(value));
  return values;
}

// Brackets, backslashes and such mean something in a link's text or target, and are left to the second property.
rc::Gen<std::string> markup_value() {
  return rc::gen::suchThat(text_of(kMarkup), [](const std::string& value) {
    return value.find_first_of("[]()!\\") == std::string::npos;
  });
}

RC_GTEST_PROP(HtmlOfEmails, HasTheSameShapeForMarkupAndForLetters, ()) {
  std::string value = *markup_value();
  EmailTemplate email("About ((v))", *rc::gen::elementOf(kTemplates));
  EmailBrand brand{.layout = EmailBrand::Layout::both, .logo_url = "https://l.example/a.png"};
  HtmlTree hostile = parse_html(email.render_html(values_of(value), brand));
  HtmlTree plain = parse_html(email.render_html(values_of(harmless(value)), brand));
  RC_ASSERT(hostile.shape == plain.shape);
}

RC_GTEST_PROP(HtmlOfEmails, HasTheSameShapeWhateverTheBrandIsCalled, ()) {
  std::string value = *text_of(joined(kMarkup, {" ", "(", ")", "[", "\\"}));
  EmailBrand brand;
  brand.layout = *rc::gen::elementOf(std::vector{EmailBrand::Layout::both, EmailBrand::Layout::brand_banner});
  brand.platform_name = brand.name = brand.footer_text = "n" + value;
  brand.logo_url = brand.platform_logo_url = brand.platform_url = "https://l.example/a" + value;
  EmailBrand other = brand;
  other.platform_name = other.name = other.footer_text = "n" + harmless(value);
  other.logo_url = other.platform_logo_url = other.platform_url = "https://l.example/a" + harmless(value);
  EmailTemplate email("s", "x");
  RC_ASSERT(parse_html(email.render_html({}, brand)).shape == parse_html(email.render_html({}, other)).shape);
}

RC_GTEST_PROP(HtmlOfLetters, HasTheSameShapeForMarkupAndForLetters, ()) {
  std::string value = *markup_value();
  LetterTemplate letter("About ((v))", *rc::gen::elementOf(kTemplates), "Office ((v))");
  HtmlTree hostile = parse_html(letter.render_html(values_of(value)));
  HtmlTree plain = parse_html(letter.render_html(values_of(harmless(value))));
  RC_ASSERT(hostile.shape == plain.shape);
  RC_ASSERT(parse_html(letter.render_contact_html(values_of(value))).shape ==
            parse_html(letter.render_contact_html(values_of(harmless(value)))).shape);
  RC_ASSERT(parse_html(letter.api_subject(values_of(value))).shape ==
            parse_html(letter.api_subject(values_of(harmless(value)))).shape);
}

// Markdown in values works, as callers know it; it can make these and no others.
const std::set<std::string> kElements = {"html", "head", "body",       "p",     "h2",  "h3",    "hr",
                                         "br",   "a",    "ul",         "ol",    "li",  "table", "tr",
                                         "td",   "div",  "blockquote", "tbody", "span"};
const std::set<std::string> kAttributes = {"style", "href", "title", "role", "class"};

bool is_safe_link(const std::string& link) {
  for (std::string_view scheme : {"http:", "https:", "mailto:", "tel:", "ftp:", "file:"}) {
    if (equals_ignoring_case(std::string_view(link).substr(0, scheme.size()), scheme)) return true;
  }
  return link == "#";
}

RC_GTEST_PROP(HtmlOfEmails, HasNoElementsButThoseOfMarkdown, ()) {
  std::vector<std::string> pieces =
      joined(joined(kMarkup, kSpaces),
             {"[",           "]",           "(",         ")",         "](",   "![",  "[a](b \"", "\")",
              "[x]: y\n",    "[x]",         "[^1]",      "[^1]: z\n", "* ",   "1. ", "# ",       "^ ",
              "---",         "```\n",       "    ",      "\\",        "|",    "`",   "http://",  "https://e.org/",
              "javascript:", "data:",       "mailto:",   "\"",        "((",   "))",  "??",       "((v))",
              "<http://",    "JaVaScRiPt:", "vbscript:", "\u2028",    "~~~\n"});
  std::string value = *text_of(pieces);
  EmailTemplate email(
      "s", *rc::gen::elementOf(joined(kTemplates, {"((v))", "[a](((v)))", "[((v))](((v)))", "[a](b \"((v))\")"})));
  HtmlTree tree = parse_html(email.render_html_fragment(values_of(value)));
  for (const std::string& name : tree.elements) RC_ASSERT(kElements.contains(name));
  for (const std::string& name : tree.attributes) RC_ASSERT(kAttributes.contains(name));
  for (const std::string& link : tree.links) RC_ASSERT(is_safe_link(link));
}

RC_GTEST_PROP(HtmlOfEmails, ShowsEveryCharacterOfAValue, ()) {
  // Without what typography changes and what is a character reference already.
  std::string value =
      *text_of({"<", ">", "& ", "/", "=", "a", "é", "<b>", "</p>", "<script>", "x;", "🙂", "+", "@"});
  EmailTemplate email("s", "Dear x((v))x");
  std::string shown = parse_html(email.render_html_fragment(values_of(value))).text;
  RC_ASSERT(shown == "Dear x" + value + "x");
}

}  // namespace
}  // namespace postroom::properties
