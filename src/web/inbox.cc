#include "web/inbox.h"

#include <fmt/format.h>

#include "base/text.h"
#include "web/inbox_style.h"

namespace postroom::web {
namespace {

constexpr std::size_t kRowsShown = 200;
constexpr std::size_t kPreviewCharacters = 80;

// No script, no foreign host; the HTML of an email is shown in a frame of its own.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";
// What a stranger's template may do inside that frame: nothing but look like itself.
constexpr std::string_view kMessagePolicy =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

std::string type_name(std::string_view type) {
  if (type == "email") return "Email";
  if (type == "sms") return "Text";
  return "Letter";
}

std::string shorten(std::string_view text) {
  std::string line;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < text.size();) {
    char32_t c = next_code_point(text, i);
    if (c == '\n' || c == '\r') c = ' ';
    if (shown++ == kPreviewCharacters) return line + "…";
    append_utf8(line, c);
  }
  return line;
}

std::string local_time_text(UtcTime time, const TimeZone& zone) {
  Date date = zone.local_date(time);
  auto clock = std::chrono::hh_mm_ss{std::chrono::floor<std::chrono::seconds>(zone.time_of_day(time))};
  return fmt::format("{} {:02}:{:02}:{:02}", format_date(date), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

http::Response page(int status, std::string_view title, std::string_view environment, std::string_view content) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0} – postroom</title>\n"
      "<link rel=\"stylesheet\" href=\"/assets/inbox.css\">\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
      "<header><div class=\"bar\"><a class=\"name\" href=\"/\">postroom</a><span "
      "class=\"tag\">{1}</span></div></header>\n"
      "<main id=\"main\">\n{2}\n</main>\n"
      "<footer><p>Nothing on this page has left the machine: the sandbox keeps it here.</p></footer>\n"
      "</body>\n</html>\n",
      escape_html(title), escape_html(environment), content);
  auto response = http::Response::html(status, std::move(html));
  response.add("Content-Security-Policy", std::string(kPagePolicy)).add("Cache-Control", "no-store");
  return response;
}

std::string filter_links(std::string_view chosen) {
  std::string out = "<nav aria-label=\"Kind of message\"><ul class=\"filter\">";
  for (auto [type, name] : {std::pair{"", "All"}, {"email", "Emails"}, {"sms", "Texts"}, {"letter", "Letters"}}) {
    bool current = chosen == type;
    out += fmt::format("<li><a href=\"/{}{}\"{}>{}</a></li>", *type ? "?type=" : "", type,
                       current ? " aria-current=\"page\"" : "", name);
  }
  return out + "</ul></nav>";
}

std::string row(const InboxMessage& m, const TimeZone& zone) {
  std::string preview = shorten(m.subject.empty() ? m.body : m.subject);
  std::string to = m.type == "letter" ? shorten(m.to.substr(0, m.to.find('\n'))) : m.to;
  return fmt::format(
      "<tr><td><time datetime=\"{}\">{}</time></td><td><span class=\"kind {}\">{}</span></td><td>{}</td>"
      "<td><a href=\"/inbox/{}\">{}</a></td><td>{}</td></tr>\n",
      format_rfc3339(m.time), local_time_text(m.time, zone), escape_html(m.type), type_name(m.type),
      escape_html(to), percent_encode(m.id), escape_html(preview.empty() ? "(empty)" : preview),
      escape_html(m.status));
}

http::Response list_page(InboxSource& source, const InboxOptions& options, const http::Request& request) {
  std::string type(request.query_value("type").value_or(""));
  if (type != "email" && type != "sms" && type != "letter") type.clear();
  std::vector<InboxMessage> messages = source.newest(type, kRowsShown);
  std::string content =
      "<h1>Sandbox inbox</h1>\n<p>What postroom would have sent, newest first.</p>\n" + filter_links(type);
  if (messages.empty()) {
    content +=
        "<p class=\"empty\">Nothing yet. Make a key with <code>postroom key create</code>, send a message through "
        "the "
        "API, and load this page again.</p>";
    return page(200, "Sandbox inbox", options.environment, content);
  }
  content +=
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Messages\"><table>\n"
      "<thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Kind</th><th scope=\"col\">To</th>"
      "<th scope=\"col\">Message</th><th scope=\"col\">Status</th></tr></thead>\n<tbody>\n";
  for (const InboxMessage& message : messages) content += row(message, options.zone);
  content += "</tbody></table></div>";
  if (messages.size() == kRowsShown) content += fmt::format("<p>The newest {} are shown.</p>", kRowsShown);
  return page(200, "Sandbox inbox", options.environment, content);
}

std::string fact(std::string_view name, std::string_view value_html) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value_html);
}

std::string lines_html(std::string_view text) { return replace_all(escape_html(text), "\n", "<br>"); }

std::string facts(const InboxMessage& m, const InboxOptions& options) {
  std::string out = "<dl>\n" + fact("To", lines_html(m.to));
  if (!m.subject.empty()) out += fact(m.type == "letter" ? "Heading" : "Subject", escape_html(m.subject));
  out += fact("Time", fmt::format("<time datetime=\"{}\">{}</time> {}", format_rfc3339(m.time),
                                  local_time_text(m.time, options.zone), escape_html(options.zone.name())));
  out += fact("Provider", escape_html(m.provider));
  if (!m.status.empty()) out += fact("Status", escape_html(m.status));
  out += fact("Notification", "<code>" + escape_html(m.notification_id) + "</code>");
  if (m.type == "letter") {
    out += fact("Pages", std::to_string(m.page_count));
    for (const std::string& name : m.file_names) out += fact("File", "<code>" + escape_html(name) + "</code>");
    out += fact("Zip", m.zip_name.empty() ? "not sent yet" : "<code>" + escape_html(m.zip_name) + "</code>");
  }
  return out + "</dl>\n";
}

http::Response message_page(InboxSource& source, const InboxOptions& options, const http::Request& request) {
  auto message = source.find(request.path_parameter("id"));
  if (!message) {
    return page(
        404, "Not found", options.environment,
        "<h1>No such message</h1>\n<p>The inbox may have been emptied. <a href=\"/\">Back to the inbox</a></p>");
  }
  std::string id = percent_encode(message->id);
  std::string title = type_name(message->type) + " to " + shorten(message->to.substr(0, message->to.find('\n')));
  std::string content = "<p><a href=\"/\">Back to the inbox</a></p>\n<h1>" + escape_html(title) + "</h1>\n" +
                        facts(*message, options);
  if (message->type == "letter") {
    content += fmt::format("<p><a class=\"button\" href=\"/inbox/{}/pdf\">Open the PDF</a></p>\n", id);
  } else {
    content += "<h2>Text</h2>\n<pre>" + escape_html(message->body) + "</pre>\n";
  }
  if (!message->html.empty()) {
    content += fmt::format(
        "<h2>As a mail program shows it</h2>\n<iframe title=\"The email's HTML\" sandbox "
        "src=\"/inbox/{}/html\"></iframe>\n",
        id);
  }
  return page(200, title, options.environment, content);
}

}  // namespace

void add_inbox(http::Router& router, InboxSource& source, InboxOptions options) {
  router.add("GET", "/", [&source, options](const http::Request& r) { return list_page(source, options, r); });
  router.add("GET", "/inbox/{id}",
             [&source, options](const http::Request& r) { return message_page(source, options, r); });
  router.add("GET", "/inbox/{id}/html", [&source](const http::Request& r) {
    auto message = source.find(r.path_parameter("id"));
    if (!message || message->html.empty())
      return http::Response::text(404, "There is no such message with HTML.\n");
    auto response = http::Response::html(200, message->html);
    response.add("Content-Security-Policy", std::string(kMessagePolicy));
    return response;
  });
  router.add("GET", "/inbox/{id}/pdf", [&source](const http::Request& r) {
    auto message = source.find(r.path_parameter("id"));
    if (!message) return http::Response::text(404, "There is no such letter.\n");
    auto pdf = source.letter_pdf(*message);
    if (!pdf) return http::Response::text(404, pdf.error().message + "\n");
    http::Response response;
    response.content_type = "application/pdf";
    response.body = std::move(*pdf);
    return response;
  });
  router.add("GET", "/assets/inbox.css", [](const http::Request&) {
    http::Response response;
    response.content_type = "text/css; charset=utf-8";
    response.body = std::string(kInboxStyle);
    return response;
  });
}

}  // namespace postroom::web
