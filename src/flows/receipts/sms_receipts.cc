#include "flows/receipts/sms_receipts.h"

#include "base/json.h"
#include "base/log.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

Bytes to_payload(const receipts::SmsReceipt& receipt) {
  return write_json(
      json::object{{"provider", to_string(receipt.provider)}, {"status", receipt.status}, {"code", receipt.code}});
}

Result<SmsReceiptFor> read_task(const ports::ClaimedTask& task) {
  auto id = NotificationId::parse(task.subject);
  auto parsed = parse_json(task.payload);
  const json::object* object = parsed ? parsed->if_object() : nullptr;
  auto provider =
      object != nullptr ? receipts::parse_sms_provider(get_string(*object, "provider").value_or("")) : std::nullopt;
  if (!id || !provider) return fail(ErrorKind::corrupt, "receipt " + task.id.text() + " does not read back");
  return SmsReceiptFor{*id,
                       {*provider, task.subject, get_string(*object, "status").value_or(""),
                        get_string(*object, "code").value_or("")}};
}

}  // namespace

Result<void> SmsReceipts::take(const receipts::SmsReceipt& receipt) {
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

}  // namespace postroom::flows
