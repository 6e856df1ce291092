// Letters that come as PDF, and attachments of templates, by hand.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "app/ready_letters.h"
#include "base/bytes.h"
#include "base/text.h"
#include "core/letters/pdf_faults.h"

namespace postroom::app {
namespace {

using notifications::Notification;

tl::unexpected<Error> refused(const flows::Refusal& refusal) {
  ErrorKind kind = ErrorKind::invalid_input;
  if (refusal.kind == flows::RefusalKind::forbidden) kind = ErrorKind::forbidden;
  if (refusal.kind == flows::RefusalKind::unavailable) kind = ErrorKind::retry_later;
  return fail(kind, join(refusal.messages, ". "));
}

// By reference or by id.
Result<Notification> letter_of(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(which, required(arguments, "letter"));
  const std::string text(trim(which));
  ports::NotificationStore& notifications = parts.database->notifications();
  const auto unknown = fail(ErrorKind::not_found, fmt::format("there is no letter '{}'", text));
  if (auto id = NotificationId::parse(text)) {
    auto found = notifications.find(*id);
    if (found && found->type == notifications::NotificationType::letter) return found;
    if (!found && found.error().kind != ErrorKind::not_found) return found;
    return unknown;
  }
  const std::string reference = to_upper(text);
  if (!letters::is_reference(reference)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("'{}' is neither a letter's reference (16 letters and digits) nor an id", text));
  }
  POSTROOM_TRY(found, notifications.find_by_references(std::span(&reference, 1)));
  if (found.empty()) return unknown;
  return std::move(found.front());
}

json::array list_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

Result<json::value> rescan(Parts& parts, const json::object& arguments) {
  flows::LetterRescan& flow = *parts.flows->ready_letters->rescan;
  std::vector<std::string> references;
  for (const std::string& text : get_strings(arguments, "references")) {
    references.push_back(to_upper(trim(text)));
    if (!letters::is_reference(references.back())) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("'{}' is no letter's reference (16 letters and digits)", text));
    }
  }
  POSTROOM_TRY(summary,
               get_bool(arguments, "errors").value_or(false) ? flow.rescan_errors() : flow.rescan(references));
  return json::value(json::object{{"asked_again", summary.asked_again},
                                  {"left_alone", list_of(summary.left_alone)},
                                  {"without_file", list_of(summary.without_file)},
                                  {"unknown", list_of(summary.unknown)}});
}

Result<json::value> resanitise(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(letter, letter_of(parts, arguments));
  POSTROOM_TRY(pages, parts.flows->ready_letters->filing->sanitise_again(letter));
  return json::value(json::object{{"reference", letter.reference}, {"pages", pages}});
}

json::object describe(const ports::LetterFault& fault) {
  json::object out{{"fault", fault.code}, {"invalid_pages", json::value_from(fault.pages)}};
  out["page_count"] = fault.page_count ? json::value(*fault.page_count) : json::value();
  const letters::PdfFault& words = letters::pdf_fault(fault.code);
  out["rule"] = words.rule;
  out["remedy"] = words.remedy;
  return out;
}

Result<json::value> preview(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(letter, letter_of(parts, arguments));
  const std::string form = get_string(arguments, "form").value_or("pdf");
  if (form != "pdf" && form != "png")
    return fail(ErrorKind::invalid_input, fmt::format("form is '{}', but must be pdf or png", form));
  POSTROOM_TRY(
      made, parts.flows->ready_letters->previews->preview(
                letter, {.png = form == "png", .page = static_cast<int>(get_int(arguments, "page").value_or(1))}));
  json::object out{{"reference", letter.reference},
                   {"status", to_string(letter.status)},
                   {"content_type", made.content_type},
                   {"content_base64", to_base64(made.content)}};
  if (made.fault) {
    for (const auto& member : describe(*made.fault)) out[member.key()] = member.value();
  }
  return json::value(out);
}

// What a person who sent a file wants to know of it.
json::object verdict_of(std::string_view signature, const letters::PdfVerdict& verdict) {
  if (!signature.empty()) {
    return {{"accepted", false},
            {"fault", "virus-found"},
            {"rule", fmt::format("The virus scanner found {}.", signature)},
            {"remedy", "Do not open the file; find out where it came from."}};
  }
  json::object out{{"accepted", verdict.passed()}};
  if (!verdict.passed()) {
    const ports::LetterFault fault{
        .code = std::string(verdict.code), .pages = verdict.invalid_pages, .page_count = verdict.page_count};
    for (const auto& member : describe(fault)) out[member.key()] = member.value();
    out["details"] = list_of(verdict.details);
  } else if (verdict.page_count) {
    out["page_count"] = *verdict.page_count;
  }
  return out;
}

Result<Bytes> content_of(const json::object& arguments) {
  auto content = from_base64(get_string(arguments, "content_base64").value_or(""));
  if (!content || content->empty()) return fail(ErrorKind::invalid_input, "the file's content is missing");
  return std::move(*content);
}

Result<std::optional<notifications::Postage>> postage_of(const json::object& arguments) {
  auto text = get_string(arguments, "postage");
  if (!text) return std::optional<notifications::Postage>{};
  auto postage = notifications::parse_postage(*text);
  if (!postage || *postage > notifications::Postage::economy) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("postage is '{}', but must be first, second or economy: abroad the address decides", *text));
  }
  return postage;
}

Result<json::value> upload(Parts& parts, const json::object& arguments) {
  flows::LetterUploads& uploads = *parts.flows->ready_letters->uploads;
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(content, content_of(arguments));
  POSTROOM_TRY(postage, postage_of(arguments));
  NotificationId id{Uuid::time_ordered(parts.clock.now(), parts.random)};
  if (auto text = get_string(arguments, "id")) {
    auto given = NotificationId::parse(*text);
    if (!given) return fail(ErrorKind::invalid_input, fmt::format("id '{}' is no UUID", *text));
    id = *given;
  }
  const bool check_only = get_bool(arguments, "check_only").value_or(false);
  auto checked = uploads.check(service, content, id);
  if (!checked) return refused(checked.error());
  json::object out = verdict_of(checked->signature, checked->checked.verdict);
  if (!checked->may_be_sent()) return json::value(out);
  out["address"] = join(checked->checked.address_lines, ", ");
  if (check_only) return json::value(out);
  auto sent = uploads.send(
      {.service = service},
      {.id = id,
       .file_name = get_string(arguments, "file_name").value_or("letter.pdf"),
       .postage = postage,
       .created_by =
           get_string(arguments, "created_by").value_or("operator@" + parts.settings.text("email.domain"))});
  if (!sent) return refused(sent.error());
  out["id"] = sent->id.text();
  out["reference"] = sent->reference;
  out["postage"] = to_string(sent->postage.value_or(notifications::Postage::second));
  out["sheets"] = sent->billable_units;
  return json::value(out);
}

Result<notifications::Template> template_of(Parts& parts, const accounts::Service& service,
                                            const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "template"));
  POSTROOM_TRY(all, parts.database->templates().list(service.id));
  for (notifications::Template& made : all) {
    if (!made.hidden && (made.id.text() == text || (made.name == text && !made.archived))) return std::move(made);
  }
  return fail(ErrorKind::not_found, fmt::format("service '{}' has no template '{}': `postroom template list` shows "
                                                "them",
                                                service.name, text));
}

std::string author_of(const Parts& parts, const json::object& arguments) {
  return get_string(arguments, "created_by").value_or("operator@" + parts.settings.text("email.domain"));
}

Result<json::value> attach(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(text, template_of(parts, service, arguments));
  POSTROOM_TRY(content, content_of(arguments));
  auto result =
      parts.flows->ready_letters->attachments->attach(service, text.id, content, author_of(parts, arguments));
  if (!result) return refused(result.error());
  json::object out = verdict_of(result->signature, result->verdict);
  if (result->is_attached()) {
    out["template"] = text.id.text();
    out["version"] = result->version.version;
    out["attachment"] = result->version.attachment;
    out["attachment_pages"] = result->version.attachment_pages;
  }
  return json::value(out);
}

Result<json::value> detach(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(text, template_of(parts, service, arguments));
  auto result = parts.flows->ready_letters->attachments->detach(service, text.id, author_of(parts, arguments));
  if (!result) return refused(result.error());
  return json::value(json::object{{"template", text.id.text()}, {"version", result->version}});
}

}  // namespace

void add_ready_letter_commands(Commands& commands) {
  commands.add("letters rescan", rescan);
  commands.add("letters resanitise", resanitise);
  commands.add("letters preview", preview);
  commands.add("letters upload", upload);
  commands.add("template attach", attach);
  commands.add("template detach", detach);
}

}  // namespace postroom::app
