// Template texts and values from strangers: reading, filling and sanitising must neither fail nor lose brackets.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "core/content/sms.h"
#include "core/content/template_text.h"
#include "core/content/value_sanitiser.h"

using namespace postroom::content;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::size_t cut = input.find('\0');
  std::string source(input.substr(0, cut));
  std::string value(cut == std::string_view::npos ? std::string_view() : input.substr(cut + 1));

  TemplateText plain(source);
  TemplateText html(source, TemplateText::Markup::html);
  // Without values plain text comes back as it was.
  if (plain.fill({}) != source) std::abort();
  Personalisation values;
  for (const Placeholder& placeholder : plain.placeholders()) {
    values.set(placeholder.name, PersonalisationValue::of_text(value));
  }
  if (!missing_names(plain.placeholders(), values).empty()) std::abort();
  (void)html.fill(values, {.lists = ListStyle::bullets, .missing = MissingStyle::hidden});

  SmsText sms = SmsTemplate(source).render(values, "Office");
  for (std::size_t i = 0; i < sms.text.size();) {
    if (!is_sms_character(postroom::next_code_point(sms.text, i))) std::abort();
  }
  (void)sanitise_value(value);
  return 0;
}
