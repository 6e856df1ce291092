#include "core/jobs/job_json.h"

#include "core/notifications/json_writer.h"

namespace postroom::jobs {

using notifications::JsonWriter;

std::string job_json(const notifications::WireContext& wire, const Job& job,
                     const std::map<notifications::NotificationStatus, std::int64_t>& counts) {
  JsonWriter out;
  auto time = [&](std::string_view key, const std::optional<UtcTime>& value) {
    value ? out.text(key, format_rfc3339(*value)) : out.null(key);
  };
  const std::string id = job.id.text();
  const std::string template_id = job.template_id.text();
  out.open()
      .text("id", id)
      .text("name", job.file_name)
      .text("type", to_string(job.type))
      .text("status", to_string(job.status))
      .text_or_null("reference", job.client_reference)
      .number("notification_count", job.row_count)
      .number("notifications_stored", job.rows_stored)
      .open("template")
      .text("id", template_id)
      .number("version", job.template_version)
      .text("uri",
            wire.base_url + "/v2/template/" + template_id + "/version/" + std::to_string(job.template_version))
      .close()
      .text("created_at", format_rfc3339(job.created_at));
  time("scheduled_for", job.scheduled_for);
  time("started_at", job.started_at);
  time("finished_at", job.finished_at);
  // Several states may have the same word for callers.
  std::map<std::string_view, std::int64_t> by_word;
  for (const auto& [status, count] : counts) by_word[notifications::api_status(job.type, status)] += count;
  out.open("statistics");
  for (const auto& [word, count] : by_word) out.number(word, count);
  out.close()
      .open("links")
      .text("self", wire.base_url + "/v2/jobs/" + id)
      .text("notifications", wire.base_url + "/v2/notifications?job_id=" + id)
      .close()
      .close();
  return out.take();
}

}  // namespace postroom::jobs
