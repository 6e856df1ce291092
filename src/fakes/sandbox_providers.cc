#include "fakes/sandbox_providers.h"

namespace postroom::fakes {

Result<ports::ProviderReceipt> SandboxMailer::send(const ports::EmailMessage& m) {
  auto fault = faults_.next("email");
  if (fault && fault->mode != FaultMode::cut) return fail(error_of(*fault, "email"));
  SandboxMessage message{.notification_id = m.message_reference,
                         .type = "email",
                         .to = m.to,
                         .subject = m.subject,
                         .body = m.text_body,
                         .html = m.html_body,
                         .list_unsubscribe_url = m.list_unsubscribe_url,
                         .provider = std::string(name()),
                         .time = clock_.now()};
  std::string id = outbox_.record(std::move(message));
  if (fault) return fail(error_of(*fault, "email"));
  return ports::ProviderReceipt{std::string(name()), id};
}

ports::SmsResult SandboxSmsGateway::send(const ports::SmsMessage& m) {
  auto fault = faults_.next("sms:sandbox");
  if (fault && fault->mode != FaultMode::cut) {
    Error error = error_of(*fault, "sms");
    return tl::unexpected(ports::SmsFailure(error.kind, std::move(error.message), false));
  }
  SandboxMessage message{.notification_id = m.reference,
                         .type = "sms",
                         .to = m.to,
                         .body = m.text,
                         .provider = std::string(name()),
                         .time = clock_.now()};
  std::string id = outbox_.record(std::move(message));
  if (fault) return fail(error_of(*fault, "sms"));
  return ports::ProviderReceipt{std::string(name()), id};
}

Result<void> SandboxTicketDesk::raise(const ports::Ticket& ticket) {
  std::lock_guard lock(mutex_);
  if (tickets_.size() >= kTicketsMax) {
    return fail(ErrorKind::retry_later, "the sandbox's ticket desk is full: restart the sandbox to empty it");
  }
  tickets_.push_back({{"subject", ticket.subject},
                      {"message", ticket.message},
                      {"task_type", ticket.task_type},
                      {"time", format_rfc3339(clock_.now())}});
  return {};
}

json::array SandboxTicketDesk::tickets() const {
  std::lock_guard lock(mutex_);
  json::array out;
  for (const json::object& ticket : tickets_) out.push_back(ticket);
  return out;
}

Result<void> FaultyPrintDrop::upload(std::string_view folder, std::string_view name, const std::string& local_path,
                                     const std::function<bool(std::uint64_t)>& progress) {
  auto fault = faults_.next("print");
  if (!fault) return inner_.upload(folder, name, local_path, progress);
  if (fault->mode == FaultMode::cut) {
    // The file arrives whole, its sender never hears of it.
    POSTROOM_CHECK(inner_.upload(folder, name, local_path, progress));
  }
  return fail(error_of(*fault, "print"));
}

Result<void> FaultyBlobStore::put(ports::Bucket bucket, std::string_view key, BytesView content) {
  if (auto fault = faults_.next("blob")) return fail(error_of(*fault, "blob"));
  return inner_.put(bucket, key, content);
}

Result<Bytes> FaultyBlobStore::get(ports::Bucket bucket, std::string_view key) {
  if (auto fault = faults_.next("blob")) return fail(error_of(*fault, "blob"));
  return inner_.get(bucket, key);
}

}  // namespace postroom::fakes
