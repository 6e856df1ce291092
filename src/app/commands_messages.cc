// Jobs and single notifications.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "base/text.h"

namespace postroom::app {
namespace {

json::object describe(const jobs::Job& job) {
  auto time = [](const std::optional<UtcTime>& t) {
    return t ? json::value(format_rfc3339(*t)) : json::value(nullptr);
  };
  return {{"id", job.id.text()},
          {"service_id", job.service_id.text()},
          {"template_id", job.template_id.text()},
          {"template_version", job.template_version},
          {"type", to_string(job.type)},
          {"file_name", job.file_name},
          {"row_count", job.row_count},
          {"rows_stored", job.rows_stored},
          {"status", to_string(job.status)},
          {"created_at", format_rfc3339(job.created_at)},
          {"scheduled_for", time(job.scheduled_for)},
          {"started_at", time(job.started_at)},
          {"finished_at", time(job.finished_at)},
          {"created_by", job.created_by}};
}

// By id, or by name among the service's templates.
Result<TemplateId> find_template_id(Parts& parts, const accounts::Service& service, const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "template"));
  if (auto id = TemplateId::parse(text)) return *id;
  POSTROOM_TRY(templates, parts.database->templates().list(service.id));
  for (const auto& made : templates) {
    if (made.name == text && !made.archived) return made.id;
  }
  return fail(
      ErrorKind::not_found,
      fmt::format("service '{}' has no template '{}': `postroom template list` shows them", service.name, text));
}

ErrorKind kind_of(const flows::Refusal& refusal) {
  switch (refusal.kind) {
    case flows::RefusalKind::forbidden: return ErrorKind::forbidden;
    case flows::RefusalKind::unavailable: return ErrorKind::retry_later;
    default: return ErrorKind::invalid_input;
  }
}

Result<json::value> create_job(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(template_id, find_template_id(parts, service, arguments));
  POSTROOM_TRY(file_name, required(arguments, "file_name"));
  flows::NewJob request{.template_id = template_id, .file_name = file_name};
  request.csv = get_string(arguments, "content").value_or("");
  // Workbooks are no text.
  if (auto encoded = get_string(arguments, "content_base64")) {
    auto bytes = from_base64(*encoded);
    if (!bytes) return fail(ErrorKind::invalid_input, "content_base64 is not base64");
    request.csv = std::move(*bytes);
  }
  request.created_by = "cli";
  if (auto at = get_string(arguments, "at")) {
    request.scheduled_for = parse_rfc3339(*at);
    if (!request.scheduled_for) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("at is '{}', but must be a time such as 2026-03-02T09:15:00Z", *at));
    }
  }
  auto job = parts.flows->bulk->create({.service = service, .key_id = std::nullopt}, std::move(request));
  if (!job) return fail(kind_of(job.error()), join(job.error().messages, ". "));
  return json::value(describe(*job));
}

Result<json::value> show_job(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "id"));
  auto id = JobId::parse(text);
  if (!id) return fail(ErrorKind::invalid_input, fmt::format("id '{}' is no UUID", text));
  POSTROOM_TRY(job, parts.database->jobs().find(*id));
  json::object out = describe(job);
  ports::NotificationQuery query{.service_id = job.service_id, .job_id = job.id, .include_jobs = true};
  POSTROOM_TRY(counts, parts.database->notifications().count_by_status(query));
  json::object statuses;
  for (const auto& [status, count] : counts) statuses[to_string(status)] = count;
  out["notifications"] = statuses;
  return json::value(out);
}

Result<json::value> show_notification(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "id"));
  auto id = NotificationId::parse(text);
  if (!id) return fail(ErrorKind::invalid_input, fmt::format("id '{}' is no UUID", text));
  ports::NotificationStore& store = parts.database->notifications();
  POSTROOM_TRY(n, store.find(*id));
  POSTROOM_TRY(events, store.events(*id));
  json::array timeline;
  timeline.push_back(json::object{
      {"at", format_rfc3339(n.created_at)}, {"status", "created"}, {"cause", "accepted"}, {"detail", ""}});
  for (const auto& event : events) {
    timeline.push_back(json::object{{"at", format_rfc3339(event.at)},
                                    {"status", to_string(event.status)},
                                    {"cause", event.cause},
                                    {"detail", event.detail}});
  }
  json::object out{
      {"id", n.id.text()},
      {"service_id", n.service_id.text()},
      {"type", to_string(n.type)},
      {"status", to_string(n.status)},
      {"key_type", accounts::to_string(n.key_type)},
      {"template_id", n.template_id.text()},
      {"template_version", n.template_version},
      {"reference", n.reference},
      {"client_reference", n.has_client_reference ? json::value(n.client_reference) : json::value(nullptr)},
      {"to", n.to},
      {"billable_units", n.billable_units},
      {"created_at", format_rfc3339(n.created_at)},
      {"sent_by", n.sent_by},
      {"provider_reference", n.provider_reference},
      {"events", timeline}};
  out["sent_at"] = n.sent_at ? json::value(format_rfc3339(*n.sent_at)) : json::value(nullptr);
  out["scheduled_for"] = n.scheduled_for ? json::value(format_rfc3339(*n.scheduled_for)) : json::value(nullptr);
  out["updated_at"] = n.updated_at ? json::value(format_rfc3339(*n.updated_at)) : json::value(nullptr);
  out["job_id"] = n.job_id ? json::value(n.job_id->text()) : json::value(nullptr);
  out["postage"] = n.postage ? json::value(to_string(*n.postage)) : json::value(nullptr);
  return json::value(out);
}

}  // namespace

void add_message_commands(Commands& commands) {
  commands.add("job create", create_job);
  commands.add("job show", show_job);
  commands.add("notification show", show_notification);
}

}  // namespace postroom::app
