// A sheet of recipients at once. Not an operation of the reference: an addition of ours, as jobs are.
#include <semaphore>

#include "api/v2/once.h"
#include "core/jobs/bulk_request.h"
#include "core/jobs/job_json.h"
#include "core/notifications/request_json.h"
#include "flows/bulk/bulk_flow.h"

namespace postroom::api::v2 {
namespace {

// Rows at fault that an answer names.
constexpr std::size_t kRowsNamedMax = 50;
constexpr std::string_view kCreatedBy = "api";
// A sheet takes many times its size while it is read. That memory is the process's, so its bound is too.
constexpr int kSheetsAtOnceMax = 4;
std::counting_semaphore<kSheetsAtOnceMax> free_places(kSheetsAtOnceMax);

class Place {
 public:
  Place() : is_taken_(free_places.try_acquire()) {}
  ~Place() {
    if (is_taken_) free_places.release();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  explicit operator bool() const { return is_taken_; }

 private:
  const bool is_taken_;
};

}  // namespace

http::Response post_bulk(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto begun = begin_request(api, caller, request);
  if (!begun) return std::move(begun).error();
  const Place place;
  if (!place) {
    return error_response(503, "ServiceUnavailableError", "Other sheets are being read, try again in a few seconds")
        .add("Retry-After", "2");
  }
  auto document = notifications::parse_request_json(request.body);
  if (!document) return bad_json_response();
  auto asked = jobs::parse_bulk_request(std::move(*document), request.body, api.send.clock.now());
  if (!asked) return error_response(asked.error());
  auto job = api.bulk->create(begun->sender, {.template_id = asked->template_id,
                                              .file_name = std::move(asked->name),
                                              .file_kind = recipients::SheetFile::csv,
                                              .csv = std::move(asked->csv),
                                              // The body's own limit holds.
                                              .csv_bytes_max = request.body.size() + 1,
                                              .scheduled_for = asked->scheduled_for,
                                              .created_by = std::string(kCreatedBy),
                                              .client_reference = std::move(asked->reference),
                                              .sms_sender_id = asked->sms_sender_id,
                                              .email_reply_to_id = asked->email_reply_to_id,
                                              .rows_named_max = kRowsNamedMax});
  if (!job) return refused(api, begun->sender, job.error());
  return json_answer(201, jobs::job_json(api.wire, *job, {}));
}

}  // namespace postroom::api::v2
