// Shows what a template makes of some values, without a server.
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "base/text.h"
#include "cli/render_letter.h"
#include "cli/run.h"
#include "core/content/email.h"
#include "core/content/sms.h"
#include "core/content/template_validation.h"

namespace postroom::cli {
namespace {

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
  render.arguments = arguments;
  return render;
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
