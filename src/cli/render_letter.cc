#include "cli/render_letter.h"

#include <fmt/format.h>

#include <iostream>

#include "adapters/harfbuzz/letter_renderer.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "cli/letter_text.h"
#include "core/content/letter.h"
#include "core/logos/logo.h"
#include "core/recipients/postal_address.h"

namespace postroom::cli {
namespace {

// Where the letter goes when the values have no address.
const std::vector<std::string> kSampleAddress = {"A Reader", "1 Example Street", "Example Town", "EX1 1AA"};

Result<std::vector<std::string>> address_of(const Render& render) {
  std::string address = recipients::address_text(render.raw_values, recipients::AddressKeys::any_spelling);
  if (trim(address).empty()) {
    std::cerr << "postroom: the values hold no address (address_line_1 and so on): a made-up one is used\n";
    return kSampleAddress;
  }
  recipients::PostalAddress read = recipients::PostalAddress::read(address);
  if (auto error = read.check(true)) return wrong(fmt::format("the address {}", recipients::describe(*error)));
  return read.lines();
}

Result<Date> date_of(const Render& render) {
  if (auto text = get_string(render.arguments, "date")) {
    auto day = parse_date(*text);
    if (!day) return wrong(fmt::format("--date is '{}', but must be a day such as 2026-07-01", *text));
    return *day;
  }
  POSTROOM_TRY(zone, TimeZone::load("Europe/London"));
  return zone.local_date(SystemClock().now());
}

Result<std::shared_ptr<const pdf::Picture>> logo_of(const Render& render) {
  auto encoded = get_string(render.arguments, "logo_base64");
  if (!encoded) return nullptr;
  POSTROOM_TRY(picture, logos::read_logo(from_base64(*encoded).value_or("")));
  return std::make_shared<const pdf::Picture>(std::move(picture));
}

Result<void> check_codes(const content::LetterTemplate& text, const content::Personalisation& values) {
  auto code = text.find_long_qr_code(values);
  if (!code) return {};
  return wrong(fmt::format("a QR code holds {} bytes, at most {}: shorten it", code->bytes, code->bytes_max));
}

// The Welsh part first, when there is one, then the English.
Result<std::vector<ports::LetterInput>> parts_of(const Render& render, const content::LetterTemplate& english,
                                                 const std::optional<content::LetterTemplate>& welsh) {
  POSTROOM_TRY(address, address_of(render));
  POSTROOM_TRY(day, date_of(render));
  POSTROOM_TRY(logo, logo_of(render));
  std::vector<ports::LetterInput> parts;
  auto add = [&](const content::LetterTemplate& text, bool is_welsh) {
    content::LetterDocument document = text.render(render.values);
    ports::LetterInput& part = parts.emplace_back();
    part.address_lines = address;
    part.contact_lines = std::move(document.contact_lines);
    part.date = content::letter_date(day, is_welsh);
    part.subject = std::move(document.subject);
    part.blocks = std::move(document.blocks);
    part.logo = logo;
    part.language = is_welsh ? ports::LetterLanguage::welsh : ports::LetterLanguage::english;
    part.notify_tag = parts.size() == 1;
  };
  if (welsh) add(*welsh, true);
  add(english, false);
  return parts;
}

}  // namespace

// All at once, so that one look at the template is enough.
Result<void> check_values(const Render& render, const std::vector<content::Placeholder>& placeholders) {
  auto missing = content::missing_names(placeholders, render.values);
  if (missing.empty()) return {};
  return wrong(
      fmt::format("missing personalisation: {}. Add it to the JSON file of --personalisation, such as "
                  "{{\"{}\": \"…\"}}",
                  join(missing, ", "), missing.front()));
}

Result<std::string> letter_output(const Render& render) {
  content::LetterTemplate text(render.subject, render.text, render.contact_block);
  std::optional<content::LetterTemplate> welsh;
  std::vector<content::Placeholder> placeholders = text.placeholders();
  if (auto source = get_string(render.arguments, "welsh")) {
    welsh.emplace(get_string(render.arguments, "welsh_subject").value_or(""), std::move(*source),
                  render.contact_block);
    content::merge_placeholders(placeholders, welsh->placeholders());
    POSTROOM_CHECK(check_codes(*welsh, render.values));
  }
  POSTROOM_CHECK(check_values(render, placeholders));
  POSTROOM_CHECK(check_codes(text, render.values));
  POSTROOM_TRY(parts, parts_of(render, text, welsh));
  POSTROOM_TRY(fonts, harfbuzz::parse_letter_fonts(get_string(render.arguments, "fonts").value_or("")));
  POSTROOM_TRY(renderer, harfbuzz::HarfbuzzLetterRenderer::create(fonts));
  POSTROOM_TRY(rendered, renderer->render_parts(parts));
  int sheets = (rendered.page_count + 1) / 2;
  if (render.format == Format::pdf) return std::move(rendered.pdf);
  if (render.format == Format::html) return text.render_html(render.values);
  std::string plain;
  for (const ports::LetterInput& part : parts) plain += (plain.empty() ? "" : "\n") + letter_text(part);
  if (render.format == Format::json) {
    return write_json(json::object{{"type", "letter"},
                                   {"subject", parts.back().subject},
                                   {"text", plain},
                                   {"html", text.render_html(render.values)},
                                   {"pages", rendered.page_count},
                                   {"sheets", sheets}}) +
           "\n";
  }
  return plain + fmt::format("\n{} {}, {} {}\n", rendered.page_count, rendered.page_count == 1 ? "page" : "pages",
                             sheets, sheets == 1 ? "sheet" : "sheets");
}

}  // namespace postroom::cli
