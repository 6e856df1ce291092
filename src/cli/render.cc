// Shows what a template makes of some values, without a server.
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "adapters/harfbuzz/letter_renderer.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "cli/letter_text.h"
#include "cli/run.h"
#include "core/content/email.h"
#include "core/content/letter.h"
#include "core/content/sms.h"
#include "core/content/template_validation.h"
#include "core/recipients/postal_address.h"

namespace postroom::cli {
namespace {

enum class Format { text, html, json, pdf };

struct Render {
  content::TemplateChannel channel = content::TemplateChannel::sms;
  Format format = Format::text;
  std::string out;
  std::string text, subject, prefix, contact_block;
  content::Personalisation values;
  json::object raw_values;
};

// Where the letter goes when the values have no address.
const std::vector<std::string> kSampleAddress = {"A Reader", "1 Example Street", "Example Town", "EX1 1AA"};

tl::unexpected<Error> wrong(std::string message) { return fail(ErrorKind::invalid_input, std::move(message)); }

Result<content::TemplateChannel> channel_of(const json::object& arguments) {
  std::string type = get_string(arguments, "type").value_or("");
  if (type == "sms") return content::TemplateChannel::sms;
  if (type == "email") return content::TemplateChannel::email;
  if (type == "letter") return content::TemplateChannel::letter;
  return wrong(fmt::format("--type is '{}': use email, sms or letter", type));
}

Result<Format> format_of(const Render& render, const json::object& arguments, bool as_json) {
  std::string name = get_string(arguments, "format").value_or(as_json ? "json" : "");
  bool letter = render.channel == content::TemplateChannel::letter;
  if (name.empty()) return letter && !render.out.empty() ? Format::pdf : Format::text;
  if (name == "text") return Format::text;
  if (name == "json") return Format::json;
  if (name == "html" && render.channel != content::TemplateChannel::sms) return Format::html;
  if (name == "pdf" && letter) {
    if (render.out.empty()) return wrong("--format pdf needs a file: add --out FILE.pdf");
    return Format::pdf;
  }
  return wrong(
      fmt::format("--format is '{}': use text or json, html for emails and letters, pdf for letters", name));
}

Result<void> read_values(const json::object& arguments, Render& render) {
  auto text = get_string(arguments, "personalisation");
  if (!text) return {};
  std::string file = get_string(arguments, "personalisation_file").value_or("");
  auto parsed = parse_json(*text);
  if (!parsed) return wrong(fmt::format("--personalisation: '{}' is not JSON: {}", file, parsed.error().message));
  if (!parsed->is_object())
    return wrong(
        fmt::format("--personalisation: '{}' must hold one JSON object, such as {{\"name\": \"Ann\"}}", file));
  render.raw_values = parsed->get_object();
  render.values = content::Personalisation::from_json(render.raw_values);
  return {};
}

Result<Render> read_request(const Invocation& invocation) {
  const json::object& arguments = invocation.arguments;
  Render render;
  POSTROOM_TRY(channel, channel_of(arguments));
  render.channel = channel;
  render.out = get_string(arguments, "out").value_or("");
  POSTROOM_TRY(format, format_of(render, arguments, invocation.as_json));
  render.format = format;
  render.text = get_string(arguments, "template").value_or("");
  render.subject = get_string(arguments, "subject").value_or("");
  render.prefix = get_string(arguments, "prefix").value_or("");
  render.contact_block = get_string(arguments, "contact_block").value_or("");
  POSTROOM_CHECK(read_values(arguments, render));
  return render;
}

// All at once, so that one look at the template is enough.
Result<void> check_values(const Render& render, const std::vector<content::Placeholder>& placeholders) {
  auto missing = content::missing_names(placeholders, render.values);
  if (missing.empty()) return {};
  return wrong(
      fmt::format("missing personalisation: {}. Add it to the JSON file of --personalisation, such as "
                  "{{\"{}\": \"…\"}}",
                  join(missing, ", "), missing.front()));
}

Result<std::string> email_output(const Render& render) {
  content::EmailTemplate text(render.subject, render.text);
  POSTROOM_CHECK(check_values(render, text.placeholders()));
  POSTROOM_CHECK(content::check_email_length(text.api_body(render.values).size()));
  std::string subject = text.render_subject(render.values);
  if (render.format == Format::html) return text.render_html(render.values, {});
  std::string plain = text.render_plain(render.values);
  if (render.format == Format::json) {
    return write_json(json::object{{"type", "email"},
                                   {"subject", subject},
                                   {"preheader", text.render_preheader(render.values)},
                                   {"body", text.api_body(render.values)},
                                   {"text", plain},
                                   {"html", text.render_html(render.values, {})}}) +
           "\n";
  }
  if (!plain.ends_with('\n')) plain += '\n';
  return subject.empty() ? plain : fmt::format("Subject: {}\n\n{}", subject, plain);
}

Result<std::string> sms_output(const Render& render) {
  content::SmsTemplate text(render.text);
  POSTROOM_CHECK(check_values(render, text.placeholders()));
  content::SmsText whole = text.render(render.values, render.prefix);
  POSTROOM_CHECK(content::check_sms_length(text.render(render.values).characters));
  std::string replaced;
  for (char32_t c : whole.replaced) replaced += to_utf8(std::u32string(1, c));
  std::string_view encoding = whole.ucs2 ? "UCS-2" : "GSM-7";
  if (render.format == Format::json) {
    return write_json(json::object{{"type", "sms"},
                                   {"text", whole.text},
                                   {"fragments", whole.fragments()},
                                   {"characters", whole.characters},
                                   {"encoding", encoding},
                                   {"replaced", replaced}}) +
           "\n";
  }
  std::string out = whole.text + "\n\n";
  out += fmt::format("{} {}, {} characters, {}\n", whole.fragments(),
                     whole.fragments() == 1 ? "fragment" : "fragments", whole.characters, encoding);
  if (!replaced.empty()) out += fmt::format("Phones cannot show these characters, '?' is sent: {}\n", replaced);
  return out;
}

Result<ports::LetterInput> letter_input(const Render& render, const content::LetterTemplate& text) {
  std::string address = recipients::address_text(render.raw_values, recipients::AddressKeys::any_spelling);
  ports::LetterInput input;
  if (trim(address).empty()) {
    input.address_lines = kSampleAddress;
    std::cerr << "postroom: the values hold no address (address_line_1 and so on): a made-up one is used\n";
  } else {
    recipients::PostalAddress read = recipients::PostalAddress::read(address);
    if (auto error = read.check(true)) return wrong(fmt::format("the address {}", recipients::describe(*error)));
    input.address_lines = read.lines();
  }
  content::LetterDocument document = text.render(render.values);
  input.contact_lines = std::move(document.contact_lines);
  input.subject = std::move(document.subject);
  input.blocks = std::move(document.blocks);
  POSTROOM_TRY(zone, TimeZone::load("Europe/London"));
  input.date = content::letter_date(zone.local_date(SystemClock().now()), false);
  return input;
}

Result<std::string> letter_output(const Render& render) {
  content::LetterTemplate text(render.subject, render.text, render.contact_block);
  POSTROOM_CHECK(check_values(render, text.placeholders()));
  if (auto code = text.find_long_qr_code(render.values))
    return wrong(fmt::format("a QR code holds {} bytes, at most {}: shorten it", code->bytes, code->bytes_max));
  POSTROOM_TRY(input, letter_input(render, text));
  POSTROOM_TRY(renderer, harfbuzz::HarfbuzzLetterRenderer::create());
  POSTROOM_TRY(rendered, renderer->render(input));
  int sheets = (rendered.page_count + 1) / 2;
  if (render.format == Format::pdf) return std::move(rendered.pdf);
  if (render.format == Format::html) return text.render_html(render.values);
  if (render.format == Format::json) {
    return write_json(json::object{{"type", "letter"},
                                   {"subject", input.subject},
                                   {"text", letter_text(input)},
                                   {"html", text.render_html(render.values)},
                                   {"pages", rendered.page_count},
                                   {"sheets", sheets}}) +
           "\n";
  }
  return letter_text(input) + fmt::format("\n{} {}, {} {}\n", rendered.page_count,
                                          rendered.page_count == 1 ? "page" : "pages", sheets,
                                          sheets == 1 ? "sheet" : "sheets");
}

Result<std::string> output_of(const Render& render) {
  if (trim(render.text).empty()) return wrong("TEMPLATE: the file is empty: write the text of the message into it");
  switch (render.channel) {
    case content::TemplateChannel::email: return email_output(render);
    case content::TemplateChannel::sms: return sms_output(render);
    case content::TemplateChannel::letter: break;
  }
  return letter_output(render);
}

Result<void> write_out(const std::string& path, const std::string& bytes) {
  if (path.empty()) {
    std::cout << bytes << std::flush;
    return {};
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes << std::flush;
  if (!file)
    return wrong(fmt::format("--out: '{}' cannot be written: see that its folder exists and is yours", path));
  return {};
}

}  // namespace

int run_render(const Invocation& invocation) {
  auto render = read_request(invocation);
  if (!render) return fail_with(render.error());
  auto output = output_of(*render);
  if (!output) return fail_with(output.error());
  auto written = write_out(render->out, *output);
  return written ? 0 : fail_with(written.error());
}

}  // namespace postroom::cli
