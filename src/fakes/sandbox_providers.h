// The default providers: they take messages into the outbox and misbehave on demand.
#pragma once

#include <mutex>
#include <vector>

#include "base/clock.h"
#include "fakes/fault_box.h"
#include "fakes/sandbox_outbox.h"
#include "ports/blob_store.h"
#include "ports/mailer.h"
#include "ports/print_drop.h"
#include "ports/sms_gateway.h"
#include "ports/ticket_desk.h"

namespace postroom::fakes {

inline constexpr std::string_view kSandboxProvider = "sandbox";

class SandboxMailer final : public ports::Mailer {
 public:
  SandboxMailer(SandboxOutbox& outbox, FaultBox& faults, const Clock& clock)
      : outbox_(outbox), faults_(faults), clock_(clock) {}
  std::string_view name() const override { return kSandboxProvider; }
  Result<ports::ProviderReceipt> send(const ports::EmailMessage& message) override;

 private:
  SandboxOutbox& outbox_;
  FaultBox& faults_;
  const Clock& clock_;
};

class SandboxSmsGateway final : public ports::SmsGateway {
 public:
  SandboxSmsGateway(SandboxOutbox& outbox, FaultBox& faults, const Clock& clock)
      : outbox_(outbox), faults_(faults), clock_(clock) {}
  std::string_view name() const override { return kSandboxProvider; }
  ports::SmsResult send(const ports::SmsMessage& message) override;

 private:
  SandboxOutbox& outbox_;
  FaultBox& faults_;
  const Clock& clock_;
};

// Keeps tickets in memory, for GET /_sandbox/tickets.
class SandboxTicketDesk final : public ports::TicketDesk {
 public:
  static constexpr std::size_t kTicketsMax = 10'000;
  explicit SandboxTicketDesk(const Clock& clock) : clock_(clock) {}
  std::string_view name() const override { return kSandboxProvider; }
  Result<void> raise(const ports::Ticket& ticket) override;
  json::array tickets() const;  // oldest first

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<json::object> tickets_;
};

// Passes calls on to a real drop, unless a fault of target "print" is due.
class FaultyPrintDrop final : public ports::PrintDrop {
 public:
  FaultyPrintDrop(ports::PrintDrop& inner, FaultBox& faults) : inner_(inner), faults_(faults) {}
  std::string description() const override { return inner_.description(); }
  Result<void> upload(std::string_view folder, std::string_view name, const std::string& local_path,
                      const std::function<bool(std::uint64_t)>& progress) override;
  Result<void> publish(std::string_view folder, std::string_view name) override {
    return inner_.publish(folder, name);
  }
  Result<ports::RemoteFile> stat(std::string_view folder, std::string_view name) override {
    return inner_.stat(folder, name);
  }
  Result<std::vector<ports::RemoteFile>> list(std::string_view folder) override { return inner_.list(folder); }
  Result<Bytes> fetch(std::string_view folder, std::string_view name, std::uint64_t bytes_max) override {
    return inner_.fetch(folder, name, bytes_max);
  }

 private:
  ports::PrintDrop& inner_;
  FaultBox& faults_;
};

// Passes calls on, unless a fault of target "blob" is due.
class FaultyBlobStore final : public ports::BlobStore {
 public:
  FaultyBlobStore(ports::BlobStore& inner, FaultBox& faults) : inner_(inner), faults_(faults) {}
  Result<void> put(ports::Bucket bucket, std::string_view key, BytesView content) override;
  Result<Bytes> get(ports::Bucket bucket, std::string_view key) override;
  Result<ports::BlobInfo> stat(ports::Bucket bucket, std::string_view key) override {
    return inner_.stat(bucket, key);
  }
  Result<void> list(ports::Bucket bucket, std::string_view prefix,
                    const std::function<void(const ports::BlobInfo&)>& visit) override {
    return inner_.list(bucket, prefix, visit);
  }
  Result<void> remove(ports::Bucket bucket, std::string_view key) override { return inner_.remove(bucket, key); }

 private:
  ports::BlobStore& inner_;
  FaultBox& faults_;
};

}  // namespace postroom::fakes
