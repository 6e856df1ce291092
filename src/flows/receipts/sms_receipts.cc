#include "flows/receipts/sms_receipts.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "ports/task_names.h"

namespace postroom::flows {

using notifications::NotificationStatus;

namespace {

Bytes to_payload(const receipts::SmsReceipt& receipt) {
  return write_json(
      json::object{{"provider", to_string(receipt.provider)}, {"status", receipt.status}, {"code", receipt.code}});
}

Result<receipts::SmsReceipt> read_receipt(const ports::ClaimedTask& task) {
  auto parsed = parse_json(task.payload);
  const json::object* object = parsed ? parsed->if_object() : nullptr;
  auto provider =
      object != nullptr ? receipts::parse_sms_provider(get_string(*object, "provider").value_or("")) : std::nullopt;
  if (!provider) return fail(ErrorKind::corrupt, "receipt " + task.id.text() + " does not read back");
  return receipts::SmsReceipt{*provider, task.subject, get_string(*object, "status").value_or(""),
                              get_string(*object, "code").value_or(""), task.kind == ports::kProcessTextPart};
}

Result<SmsReceiptFor> read_task(const ports::ClaimedTask& task) {
  auto id = NotificationId::parse(task.subject);
  if (!id) return fail(ErrorKind::corrupt, "receipt " + task.id.text() + " does not read back");
  POSTROOM_TRY(receipt, read_receipt(task));
  return SmsReceiptFor{*id, std::move(receipt)};
}

ports::PartOutcome part_outcome(NotificationStatus status) {
  if (status == NotificationStatus::delivered) return ports::PartOutcome::delivered;
  return status == NotificationStatus::temporary_failure ? ports::PartOutcome::failed_for_now
                                                         : ports::PartOutcome::failed_for_good;
}

NotificationStatus status_of(const ports::PartsReport& report) {
  if (report.failed_for_good > 0) return NotificationStatus::permanent_failure;
  return report.failed_for_now > 0 ? NotificationStatus::temporary_failure : NotificationStatus::delivered;
}

}  // namespace

Result<void> SmsReceipts::take(const receipts::SmsReceipt& receipt) {
  if (receipt.is_theirs) {
    const ports::NewTask task{.queue = std::string(ports::kSmsReceiptQueue),
                              .kind = std::string(ports::kProcessTextPart),
                              .subject = receipt.reference,
                              .payload = to_payload(receipt),
                              .run_at = clock_.now()};
    return tasks_.enqueue(std::span(&task, 1));
  }
  auto id = NotificationId::parse_lenient(receipt.reference);
  if (!id) {
    log_error("receipt.bad_reference", {{"provider", to_string(receipt.provider)}, {"status", receipt.status}});
    return {};
  }
  const ports::NewTask task{.queue = std::string(ports::kSmsReceiptQueue),
                            .kind = std::string(ports::kProcessSmsReceipt),
                            .subject = id->text(),
                            .payload = to_payload(receipt),
                            .run_at = clock_.now()};
  return tasks_.enqueue(std::span(&task, 1));
}

std::vector<Result<void>> SmsReceipts::apply(std::span<const ports::ClaimedTask* const> tasks) {
  std::vector<Result<void>> results(tasks.size());
  std::vector<SmsReceiptFor> read;
  std::vector<std::size_t> places;  // of read[i] in `tasks`
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    auto receipt = read_task(*tasks[i]);
    if (!receipt) {
      results[i] = fail(std::move(receipt).error());
      continue;
    }
    read.push_back(std::move(*receipt));
    places.push_back(i);
  }
  auto applied = receipts_.apply_sms(read);
  if (!applied) {
    for (std::size_t place : places) results[place] = fail(applied.error());
  }
  return results;
}

Result<void> SmsReceipts::apply_part(const ports::ClaimedTask& task) {
  POSTROOM_TRY(receipt, read_receipt(task));
  const std::string_view provider = to_string(receipt.provider);
  const auto outcome = receipts::outcome_of(receipt, provider);
  if (!outcome.is_known) {
    log_error("receipt.unknown_status",
              {{"part", receipt.reference}, {"provider", provider}, {"detail", outcome.detail}});
  }
  if (outcome.says_nothing) return {};
  POSTROOM_TRY(report, providers_.report_part(provider, receipt.reference, part_outcome(outcome.status)));
  if (!report) {
    if (clock_.now() - task.enqueued_at < kEarlyPartReceipt)
      return fail(ErrorKind::retry_later, "a receipt came before its text was on disk, or is for none of ours");
    log_warning("receipt.unknown_part", {{"part", receipt.reference}, {"provider", provider}});
    return {};
  }
  if (report->waiting > 0) return {};
  const int parts = report->delivered + report->failed_for_now + report->failed_for_good;
  // What is not known is our fault, as for a text of one part.
  const NotificationStatus status = outcome.is_known ? status_of(*report) : outcome.status;
  std::string detail = outcome.detail;
  if (parts > 1) detail += fmt::format(", {} of {} parts delivered", report->delivered, parts);
  const Receipt whole{report->id, status, std::string(provider), std::move(detail)};
  POSTROOM_CHECK(receipts_.apply(std::span(&whole, 1)));
  return {};
}

}  // namespace postroom::flows
