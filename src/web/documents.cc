#include "web/documents.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "core/documents/file_check.h"
#include "core/recipients/email_address.h"
#include "web/client_address.h"
#include "web/page.h"

namespace postroom::web {
namespace {

using flows::Confirmation;
using flows::DocumentDownloads;
using flows::OpenedDocument;

constexpr std::string_view kProofCookie = "postroom_file";
constexpr std::string_view kFieldId = "email-address";
// Nothing in a file may run, even where a browser shows it after all.
constexpr std::string_view kFilePolicy = "sandbox; default-src 'none'";
constexpr int kRetrySeconds = 60;

std::string long_date(Date date) {
  constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
  return fmt::format("{} {} {}", static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()));
}

// "14:05 on 27 May 2027".
std::string local_time(UtcTime time, const TimeZone& zone) {
  auto clock = std::chrono::hh_mm_ss{std::chrono::floor<std::chrono::minutes>(zone.time_of_day(time))};
  return fmt::format("{:02}:{:02} on {}", clock.hours().count(), clock.minutes().count(),
                     long_date(zone.local_date(time)));
}

std::string fact(std::string_view name, std::string_view text) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, escape_html(text));
}

// What the sender gave for contact: a web page, an email address or a phone number.
std::string contact_html(std::string_view contact) {
  const std::string text = escape_html(contact);
  if (contact.starts_with("https://") || contact.starts_with("http://")) {
    return fmt::format("<a href=\"{}\" rel=\"noreferrer\">{}</a>", text, text);
  }
  if (recipients::EmailAddress::parse(contact)) return fmt::format("<a href=\"mailto:{}\">{}</a>", text, text);
  return text;
}

std::string help_html(const OpenedDocument& document) {
  return fmt::format("<h2>If you need help</h2>\n<p>Contact {}: {}</p>\n", escape_html(document.service.name),
                     contact_html(document.service.contact_link));
}

std::string key_of(const OpenedDocument& document) { return to_base64url(document.link.key); }

class DocumentPages {
 public:
  DocumentPages(DocumentDownloads& downloads, DocumentPagesOptions options)
      : downloads_(downloads), options_(std::move(options)) {}

  http::Response landing(const http::Request& request) {
    auto document = open(request);
    if (!document) return refusal(document.error());
    return may_download(request, *document) ? file_page(*document) : form_page(200, *document, "", "");
  }

  http::Response confirm(const http::Request& request) {
    auto document = open(request);
    if (!document) return refusal(document.error());
    if (!document->needs_confirmation()) return back_to_landing(*document);
    std::string address;
    for (const auto& [name, value] : http::parse_query(request.body)) {
      if (name == "email_address") address = std::string(trim(value));
    }
    if (address.empty()) return form_page(400, *document, "Enter your email address", "");
    if (!recipients::EmailAddress::parse(address)) {
      return form_page(400, *document, "Enter an email address like name@example.org", address);
    }
    auto confirmation = downloads_.confirm(*document, address, client_of(request, options_.is_behind_proxy));
    if (!confirmation) return refusal(confirmation.error());
    switch (confirmation->kind) {
      case Confirmation::Kind::blocked: return blocked_page(*document, *confirmation);
      case Confirmation::Kind::wrong:
        return form_page(400, *document, "This is not the address that the message was sent to", address);
      case Confirmation::Kind::confirmed: break;
    }
    return back_to_landing(*document).add("Set-Cookie", proof_cookie(*document));
  }

  http::Response download(const http::Request& request) {
    auto document = open(request);
    if (!document) return refusal(document.error());
    if (!may_download(request, *document)) return back_to_landing(*document);
    auto content = downloads_.content(*document);
    if (!content) return refusal(content.error());
    if (request.method != "HEAD") downloads_.count_download(*document);
    http::Response response;
    response.content_type = std::string(documents::media_type(document->details.type));
    response.body = std::move(*content);
    add_page_headers(response, kFilePolicy);
    response.add("Content-Disposition", attachment_disposition(document->details.file_name))
        .add("Cross-Origin-Resource-Policy", "same-origin")
        .add("Accept-Ranges", "none");
    return response;
  }

 private:
  Result<OpenedDocument> open(const http::Request& request) {
    auto link = documents::parse_link(request.path_parameter("service"), request.path_parameter("document"),
                                      request.query_value("key").value_or(""));
    if (!link) return fail(ErrorKind::not_found, "not a link");
    return downloads_.open(*link);
  }

  bool may_download(const http::Request& request, const OpenedDocument& document) const {
    if (!document.needs_confirmation()) return true;
    auto proof = request.cookie(kProofCookie);
    return proof && downloads_.is_proof(document, *proof);
  }

  // Only that document's pages get it back.
  std::string proof_cookie(const OpenedDocument& document) const {
    return fmt::format("{}={}; Path={}; Max-Age={}; HttpOnly; SameSite=Lax{}", kProofCookie,
                       downloads_.make_proof(document), path_of(document),
                       std::chrono::duration_cast<std::chrono::seconds>(flows::kProofLife).count(),
                       options_.is_https ? "; Secure" : "");
  }

  static std::string path_of(const OpenedDocument& document) {
    std::string path = documents::link_path(document.link);
    return path.substr(0, path.find('?'));
  }

  static http::Response back_to_landing(const OpenedDocument& document) {
    auto response = http::Response::redirect(303, documents::link_path(document.link));
    add_page_headers(response);
    return response;
  }

  std::string facts(const OpenedDocument& document, bool with_name) const {
    std::string out = "<dl class=\"card\">\n";
    if (with_name) out += fact("File", document.details.file_name);
    out += fact("Type", documents::describe(document.details.type));
    out += fact("Size", documents::readable_size(static_cast<std::uint64_t>(document.record.byte_count)));
    out += fact("Available until", local_time(document.record.expires_at, options_.zone));
    return out + "</dl>\n";
  }

  http::Response file_page(const OpenedDocument& document) const {
    std::string content = fmt::format(
        "<h1>You have a file to download</h1>\n<p class=\"lead\">It was sent to you by {}.</p>\n{}"
        "<p><a class=\"button\" href=\"{}/download?key={}\">Download the file</a></p>\n{}",
        escape_html(document.service.name), facts(document, true), path_of(document), key_of(document),
        help_html(document));
    return page_response(
        200,
        {.title = "You have a file to download", .sender = document.service.name, .content = std::move(content)});
  }

  http::Response form_page(int status, const OpenedDocument& document, std::string_view fault,
                           std::string_view typed) const {
    const std::string sender = escape_html(document.service.name);
    std::string summary, described_by = "email-hint", field_fault;
    if (!fault.empty()) {
      summary = error_summary(fault, kFieldId);
      field_fault = fmt::format("<p class=\"fault\" id=\"email-fault\">{}</p>\n", escape_html(fault));
      described_by += " email-fault";
    }
    std::string content = fmt::format(
        "{0}<h1>Confirm your email address</h1>\n<p class=\"lead\">{1} has a file for you. Before you can download "
        "it, "
        "show that the message has reached the right person.</p>\n"
        "<form method=\"post\" action=\"{2}?key={3}\" novalidate>\n<label for=\"{4}\">Your email address</label>\n"
        "<p class=\"hint\" id=\"email-hint\">The one that the message from {1} was sent to. You can try {5} times "
        "in "
        "an hour.</p>\n{6}<input type=\"email\" id=\"{4}\" name=\"email_address\" value=\"{7}\" "
        "autocomplete=\"email\" "
        "spellcheck=\"false\" autocapitalize=\"none\" maxlength=\"320\" aria-describedby=\"{8}\"{9}>\n"
        "<button class=\"button\">Continue</button>\n</form>\n<h2>About the file</h2>\n{10}{11}",
        summary, sender, path_of(document), key_of(document), kFieldId, flows::kDocumentGuessesMax, field_fault,
        escape_html(typed), described_by, fault.empty() ? "" : " aria-invalid=\"true\"", facts(document, false),
        help_html(document));
    return page_response(status, {.title = "Confirm your email address",
                                  .sender = document.service.name,
                                  .content = std::move(content),
                                  .has_error = !fault.empty()});
  }

  http::Response blocked_page(const OpenedDocument& document, const Confirmation& confirmation) const {
    std::string content = fmt::format(
        "<h1>Too many wrong addresses</h1>\n<p class=\"lead\">For safety, no address is taken now. Try again after "
        "{}.</p>\n<p><a href=\"{}?key={}\">Go back to the file</a></p>\n{}",
        local_time(confirmation.blocked_until + std::chrono::minutes{1}, options_.zone), path_of(document),
        key_of(document), help_html(document));
    auto response = page_response(
        429, {.title = "Too many wrong addresses", .sender = document.service.name, .content = std::move(content)});
    return response.add("Retry-After",
                        std::to_string(std::chrono::ceil<std::chrono::seconds>(confirmation.blocked_for).count()));
  }

  // One page for everything that is not there, so that guessing links teaches nothing.
  static http::Response refusal(const Error& error) {
    if (error.kind == ErrorKind::not_found) {
      return page_response(
          404,
          {.title = "This file is not available",
           .content = "<h1>This file is not available</h1>\n<p class=\"lead\">The link is incomplete, or the file "
                      "has been deleted.</p>\n<p>If you copied the link, check that you "
                      "have all of it. If it still does not work, ask whoever sent you the message to send it "
                      "again.</p>\n"});
    }
    log_error("document.page_failed", {{"kind", to_string(error.kind)}, {"error", error.message}});
    const bool may_pass = error.kind == ErrorKind::retry_later;
    auto response = page_response(
        may_pass ? 503 : 500,
        {.title = "The file cannot be shown now",
         .content =
             "<h1>The file cannot be shown now</h1>\n<p class=\"lead\">There is a fault on our side. Try again "
             "in a few minutes; if it stays, tell whoever sent you the message.</p>\n"});
    return may_pass ? response.add("Retry-After", std::to_string(kRetrySeconds)) : response;
  }

  DocumentDownloads& downloads_;
  DocumentPagesOptions options_;
};

http::Response test_page() {
  return page_response(
      200, {.title = "A test file",
            .content = "<h1>A test file</h1>\n<p class=\"lead\">The message was sent to a simulated address. Real "
                       "recipients find their file here; for this one nothing was stored.</p>\n"});
}

}  // namespace

std::string attachment_disposition(std::string_view file_name) {
  std::string plain;
  bool is_plain = true;
  for (std::size_t i = 0; i < file_name.size();) {
    char32_t c = next_code_point(file_name, i);
    const bool fits = c >= U' ' && c < U'\u007F' && c != U'"' && c != U'\\' && c != U'%';
    plain += fits ? static_cast<char>(c) : '_';
    is_plain = is_plain && fits;
  }
  std::string out = "attachment; filename=\"" + plain + '"';
  if (!is_plain) out += "; filename*=UTF-8''" + percent_encode(file_name);
  return out;
}

void add_document_pages(http::Router& router, flows::DocumentDownloads& downloads, DocumentPagesOptions options) {
  auto pages = std::make_shared<DocumentPages>(downloads, std::move(options));
  constexpr std::string_view kPath = "/d/{service}/{document}";
  router.add("GET", kPath, [pages](const http::Request& r) { return pages->landing(r); });
  router.add("POST", kPath, [pages](const http::Request& r) { return pages->confirm(r); });
  router.add("GET", "/d/{service}/{document}/download",
             [pages](const http::Request& r) { return pages->download(r); });
  router.add("GET", "/services/{service}/documents/test-document",
             [](const http::Request&) { return test_page(); });
}

}  // namespace postroom::web
