// Varied: the states of a job and of its notifications. Callers get every member, and states in the channel's
// words.
#include "core/jobs/job_json.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace postroom::jobs {
namespace {

using enum notifications::NotificationStatus;

json::object read(const Job& job, const std::map<notifications::NotificationStatus, std::int64_t>& counts) {
  static const TimeZone zone = TimeZone::load("Europe/London").value();
  auto document = parse_json(job_json({.base_url = "https://api.example.org",
                                       .zone = zone,
                                       .holidays = recipients::BankHolidays::england_and_wales()},
                                      job, counts));
  return document.value().as_object();
}

TEST(JobJson, HasEveryMember) {
  SeededRandom random(5);
  Job job{.id = JobId{Uuid::random(random)},
          .template_id = TemplateId{Uuid::random(random)},
          .template_version = 3,
          .type = notifications::NotificationType::letter,
          .file_name = "March",
          .row_count = 7,
          .rows_stored = 5,
          .status = JobStatus::in_progress,
          .created_at = *parse_rfc3339("2026-03-02T09:15:00Z"),
          .scheduled_for = std::nullopt,
          .started_at = parse_rfc3339("2026-03-02T09:15:01Z"),
          .finished_at = std::nullopt,
          .client_reference = std::nullopt};
  json::object body = read(job, {{created, 2}, {sending, 1}, {delivered, 2}});
  EXPECT_EQ(write_json(body["statistics"]), R"({"accepted":3,"received":2})");
  const std::string id = job.id.text();
  const std::string template_id = job.template_id.text();
  body.erase("statistics");
  EXPECT_EQ(
      write_json(body),
      R"({"id":")" + id +
          R"(","name":"March","type":"letter","status":"in progress","reference":null,"notification_count":7,)" +
          R"("notifications_stored":5,"template":{"id":")" + template_id +
          R"(","version":3,"uri":"https://api.example.org/v2/template/)" + template_id +
          R"(/version/3"},"created_at":"2026-03-02T09:15:00.000000Z","scheduled_for":null,)" +
          R"("started_at":"2026-03-02T09:15:01.000000Z","finished_at":null,)" +
          R"("links":{"self":"https://api.example.org/v2/jobs/)" + id +
          R"(","notifications":"https://api.example.org/v2/notifications?job_id=)" + id + R"("}})");
}

TEST(JobJson, ShowsWhatTheCallerGave) {
  Job job;
  job.client_reference = "batch 9";
  job.scheduled_for = parse_rfc3339("2026-03-05T09:15:00Z");
  job.status = JobStatus::scheduled;
  json::object body = read(job, {});
  EXPECT_EQ(body["reference"], "batch 9");
  EXPECT_EQ(body["scheduled_for"], "2026-03-05T09:15:00.000000Z");
  EXPECT_EQ(body["status"], "scheduled");
  EXPECT_TRUE(body["statistics"].as_object().empty());
}

}  // namespace
}  // namespace postroom::jobs
