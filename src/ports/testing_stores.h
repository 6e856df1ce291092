// In-memory stores that keep the ports' contracts, for tests of flows. Not thread-safe, except for the tasks they
// enqueue. Faults: the next `count` calls of an operation fail.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/account_store.h"
#include "ports/blob_store.h"
#include "ports/job_store.h"
#include "ports/notification_store.h"
#include "ports/testing.h"
#include "ports/unsubscribe_store.h"

namespace postroom::ports::testing {

class MemoryNotificationStore final : public NotificationStore {
 public:
  explicit MemoryNotificationStore(MemoryTaskQueue& tasks) : tasks_(tasks) {}
  Fault find_fault, move_fault, accept_fault;
  int accept_calls_before_fault = 0;

  void put(notifications::Notification n) { rows_[n.id] = std::move(n); }
  void erase(NotificationId id) { rows_.erase(id); }
  notifications::Notification& at(NotificationId id) { return rows_.at(id); }
  const std::map<NotificationId, notifications::Notification>& rows() const { return rows_; }

  Result<void> accept(const Acceptance& acceptance) override {
    POSTROOM_TRY(stored, accept_all(std::span(&acceptance, 1)));
    if (!stored.front()) return fail(ErrorKind::conflict, "it exists");
    return {};
  }
  Result<std::vector<bool>> accept_all(std::span<const Acceptance> all) override {
    if (accept_fault.count > 0 && accept_calls_before_fault-- <= 0 && accept_fault.strikes())
      return fail(accept_fault.error);
    std::vector<bool> out;
    for (const Acceptance& one : all) {
      const auto& n = one.notification;
      bool is_new = !rows_.contains(n.id) && std::none_of(rows_.begin(), rows_.end(), [&](const auto& entry) {
        const auto& row = entry.second;
        return (n.job_id && row.job_id == n.job_id && row.job_row == n.job_row) ||
               (!n.reference.empty() && row.reference == n.reference);
      });
      out.push_back(is_new);
      if (!is_new) continue;
      rows_[n.id] = n;
      POSTROOM_CHECK(tasks_.enqueue(std::span<const NewTask>(one.tasks)));
    }
    return out;
  }
  Result<notifications::Notification> find(NotificationId id) override {
    if (find_fault.strikes()) return fail(find_fault.error);
    if (!rows_.contains(id)) return fail(ErrorKind::not_found, "no such notification");
    return rows_.at(id);
  }
  Result<std::vector<notifications::Notification>> find_all(std::span<const NotificationId> ids) override {
    if (find_fault.strikes()) return fail(find_fault.error);
    std::vector<notifications::Notification> out;
    for (NotificationId id : ids)
      if (rows_.contains(id)) out.push_back(rows_.at(id));
    return out;
  }
  Result<std::vector<notifications::Notification>> find_by_references(std::span<const std::string> all) override {
    std::vector<notifications::Notification> out;
    for (const std::string& reference : all)
      for (const auto& [id, n] : rows_)
        if (n.reference == reference) out.push_back(n);
    return out;
  }
  Result<std::vector<notifications::Notification>> list(const NotificationQuery&) override {
    return std::vector<notifications::Notification>{};
  }
  Result<std::map<notifications::NotificationStatus, std::int64_t>> count_by_status(
      const NotificationQuery&) override {
    std::map<notifications::NotificationStatus, std::int64_t> out;
    for (const auto& [id, n] : rows_) ++out[n.status];
    return out;
  }
  Result<bool> move(const StatusMove& move) override {
    POSTROOM_TRY(moved, move_all(std::span(&move, 1)));
    return moved.front();
  }
  Result<std::vector<bool>> move_all(std::span<const StatusMove> moves) override {
    if (move_fault.strikes()) return fail(move_fault.error);
    std::vector<bool> out;
    for (const StatusMove& m : moves) {
      auto found = rows_.find(m.id);
      out.push_back(found != rows_.end() &&
                    std::find(m.from.begin(), m.from.end(), found->second.status) != m.from.end());
      if (!out.back()) continue;
      auto& n = found->second;
      n.status = m.to;
      n.updated_at = m.at;
      if (m.sent_at) n.sent_at = m.sent_at;
      if (m.sent_by) n.sent_by = *m.sent_by;
      if (m.provider_reference) n.provider_reference = *m.provider_reference;
      if (m.billable_units) n.billable_units = *m.billable_units;
      events_[n.id].push_back({m.at, m.to, m.cause, m.detail});
      POSTROOM_CHECK(tasks_.enqueue(std::span<const NewTask>(m.tasks)));
    }
    return out;
  }
  Result<void> update(const NotificationUpdate& u) override {
    if (!rows_.contains(u.id)) return fail(ErrorKind::not_found, "no such notification");
    auto& n = rows_.at(u.id);
    if (u.sent_at) n.sent_at = u.sent_at;
    if (u.sent_by) n.sent_by = *u.sent_by;
    if (u.provider_reference) n.provider_reference = *u.provider_reference;
    if (u.billable_units) n.billable_units = *u.billable_units;
    if (u.updated_at) n.updated_at = u.updated_at;
    if (u.event) events_[u.id].push_back(*u.event);
    return {};
  }
  Result<void> add_event(NotificationId id, const notifications::NotificationEvent& event) override {
    events_[id].push_back(event);
    return {};
  }
  Result<std::vector<notifications::NotificationEvent>> events(NotificationId id) override { return events_[id]; }

 private:
  MemoryTaskQueue& tasks_;
  std::map<NotificationId, notifications::Notification> rows_;
  std::map<NotificationId, std::vector<notifications::NotificationEvent>> events_;
};

class MemoryTemplateStore final : public TemplateStore {
 public:
  int reads = 0;
  Result<void> add_version(const notifications::Template& version) override {
    auto& all = versions_[version.id];
    if (version.version != static_cast<int>(all.size()) + 1)
      return fail(ErrorKind::conflict, "not the next version");
    all.push_back(version);
    return {};
  }
  Result<notifications::Template> find(ServiceId service, TemplateId id, std::optional<int> version) override {
    ++reads;
    auto found = versions_.find(id);
    int wanted = version.value_or(found == versions_.end() ? 0 : static_cast<int>(found->second.size()));
    if (found == versions_.end() || wanted < 1 || wanted > static_cast<int>(found->second.size()) ||
        found->second.front().service_id != service)
      return fail(ErrorKind::not_found, "no such template");
    return found->second[static_cast<std::size_t>(wanted - 1)];
  }
  Result<std::vector<notifications::Template>> list(ServiceId service) override {
    std::vector<notifications::Template> out;
    for (const auto& [id, all] : versions_)
      if (all.back().service_id == service) out.push_back(all.back());
    return out;
  }

 private:
  std::map<TemplateId, std::vector<notifications::Template>> versions_;
};

class MemoryServiceStore final : public ServiceStore {
 public:
  Fault callback_fault;
  Result<void> create(const accounts::Service& service) override {
    if (!services_.emplace(service.id, service).second) return fail(ErrorKind::conflict, "it exists");
    return {};
  }
  Result<void> update(const accounts::Service& service) override {
    services_[service.id] = service;
    return {};
  }
  Result<accounts::Service> find(ServiceId id) override {
    if (!services_.contains(id)) return fail(ErrorKind::not_found, "no such service");
    return services_.at(id);
  }
  Result<accounts::Service> find_by_name(std::string_view) override {
    return fail(ErrorKind::not_found, "no such service");
  }
  Result<std::vector<accounts::Service>> list() override {
    std::vector<accounts::Service> out;
    for (const auto& [id, service] : services_) out.push_back(service);
    return out;
  }
  Result<void> create_key(const accounts::ApiKey&) override { return {}; }
  Result<std::vector<accounts::ApiKey>> keys(ServiceId) override { return std::vector<accounts::ApiKey>{}; }
  Result<void> revoke_key(ServiceId, ApiKeyId, UtcTime) override { return {}; }
  Result<void> set_callback(const accounts::CallbackConfig& config) override {
    callbacks_[{config.service_id, config.type}] = config;
    return {};
  }
  Result<std::optional<accounts::CallbackConfig>> callback(ServiceId service,
                                                           accounts::CallbackType type) override {
    if (callback_fault.strikes()) return fail(callback_fault.error);
    auto found = callbacks_.find({service, type});
    return found == callbacks_.end() ? std::nullopt : std::optional(found->second);
  }
  Result<void> remove_callback(ServiceId service, accounts::CallbackType type) override {
    callbacks_.erase({service, type});
    return {};
  }

 private:
  std::map<ServiceId, accounts::Service> services_;
  std::map<std::pair<ServiceId, accounts::CallbackType>, accounts::CallbackConfig> callbacks_;
};

class MemoryBlobStore final : public BlobStore {
 public:
  Fault put_fault, get_fault;
  std::map<std::pair<Bucket, std::string>, Bytes> blobs;

  Result<void> put(Bucket bucket, std::string_view key, BytesView content) override {
    if (put_fault.strikes()) return fail(put_fault.error);
    blobs[{bucket, std::string(key)}] = Bytes(content);
    return {};
  }
  Result<Bytes> get(Bucket bucket, std::string_view key) override {
    if (get_fault.strikes()) return fail(get_fault.error);
    auto found = blobs.find({bucket, std::string(key)});
    if (found == blobs.end()) return fail(ErrorKind::not_found, "no such object");
    return found->second;
  }
  Result<BlobInfo> stat(Bucket bucket, std::string_view key) override {
    POSTROOM_TRY(content, get(bucket, key));
    return BlobInfo{std::string(key), content.size(), {}};
  }
  Result<void> list(Bucket bucket, std::string_view prefix,
                    const std::function<void(const BlobInfo&)>& visit) override {
    for (const auto& [where, content] : blobs)
      if (where.first == bucket && where.second.starts_with(prefix)) visit({where.second, content.size(), {}});
    return {};
  }
  Result<void> remove(Bucket bucket, std::string_view key) override {
    blobs.erase({bucket, std::string(key)});
    return {};
  }
};

class MemoryUnsubscribeStore final : public UnsubscribeStore {
 public:
  Fault add_fault;
  std::vector<UnsubscribeRequest> requests;

  Result<bool> add(const UnsubscribeRequest& request) override {
    if (add_fault.strikes()) return fail(add_fault.error);
    for (const UnsubscribeRequest& known : requests)
      if (known.notification_id == request.notification_id) return false;
    requests.push_back(request);
    return true;
  }
  Result<std::vector<UnsubscribeRequest>> list(ServiceId service, std::optional<UtcTime> since,
                                               int limit) override {
    std::vector<UnsubscribeRequest> out;
    for (auto r = requests.rbegin(); r != requests.rend() && static_cast<int>(out.size()) < limit; ++r)
      if (r->service_id == service && (!since || r->requested_at >= *since)) out.push_back(*r);
    return out;
  }
};

class MemoryJobStore final : public JobStore {
 public:
  explicit MemoryJobStore(MemoryTaskQueue& tasks) : tasks_(tasks) {}
  std::map<JobId, jobs::Job> jobs;

  Result<void> create(const jobs::Job& job, std::span<const NewTask> tasks, const Claims& claims) override {
    if (claims.use && claims.use->count > claims.use->limit)
      return fail(ErrorKind::forbidden, "the limit is reached");
    if (!jobs.emplace(job.id, job).second) return fail(ErrorKind::conflict, "it exists");
    return tasks_.enqueue(tasks);
  }
  Result<jobs::Job> find(JobId id) override {
    if (!jobs.contains(id)) return fail(ErrorKind::not_found, "no such job");
    return jobs.at(id);
  }
  Result<std::vector<jobs::Job>> list(ServiceId, int) override { return std::vector<jobs::Job>{}; }
  Result<bool> move(JobId id, jobs::JobStatus from, jobs::JobStatus to, UtcTime at) override {
    if (!jobs.contains(id) || jobs.at(id).status != from) return false;
    jobs.at(id).status = to;
    if (to == jobs::JobStatus::in_progress) jobs.at(id).started_at = at;
    if (to == jobs::JobStatus::finished) jobs.at(id).finished_at = at;
    return true;
  }
  Result<void> set_rows_stored(JobId id, int rows) override {
    jobs.at(id).rows_stored = std::max(jobs.at(id).rows_stored, rows);
    return {};
  }

 private:
  MemoryTaskQueue& tasks_;
};

}  // namespace postroom::ports::testing
