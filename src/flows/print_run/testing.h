// In-memory stand-ins for the stores, for tests of flows. They keep the ports' contracts and can be told to fail.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "ports/letter_store.h"
#include "ports/notification_store.h"
#include "ports/task_queue.h"

namespace postroom::flows::print_test {

using notifications::Notification;
using notifications::NotificationStatus;

// Fails the next `count` calls of one operation with `error`.
struct Fault {
  int count = 0;
  Error error{ErrorKind::retry_later, "scripted fault"};
  int passes = 0;  // calls before the first that it strikes
  bool strikes() { return count > 0 && passes-- <= 0 && count-- > 0; }
};

class FakeNotificationStore final : public ports::NotificationStore {
 public:
  Fault move_fault;                     // of move_all
  int moves_before_fault = 0;           // move_all calls that succeed before the fault strikes
  std::vector<std::size_t> move_sizes;  // of each move_all
  std::map<NotificationId, std::vector<notifications::NotificationEvent>> event_log;

  Notification& put(Notification n) {
    by_reference_[n.reference] = n.id;
    return rows_[n.id] = std::move(n);
  }
  Notification& at(NotificationId id) { return rows_.at(id); }
  Notification& at(const std::string& reference) { return rows_.at(by_reference_.at(reference)); }
  const std::map<NotificationId, Notification>& rows() const { return rows_; }
  void erase(NotificationId id) { rows_.erase(id); }

  Result<void> accept(const ports::Acceptance& a) override {
    if (rows_.contains(a.notification.id)) return fail(ErrorKind::conflict, "the id exists");
    put(a.notification);
    return {};
  }
  Result<std::vector<bool>> accept_all(std::span<const ports::Acceptance> all) override {
    std::vector<bool> out;
    for (const auto& one : all) out.push_back(accept(one).has_value());
    return out;
  }
  Result<Notification> find(NotificationId id) override {
    if (!rows_.contains(id)) return fail(ErrorKind::not_found, "no such notification");
    return rows_.at(id);
  }
  Result<std::vector<Notification>> find_all(std::span<const NotificationId> ids) override {
    std::vector<Notification> out;
    for (const auto& id : ids)
      if (auto found = rows_.find(id); found != rows_.end()) out.push_back(found->second);
    return out;
  }
  Result<std::vector<Notification>> find_by_references(std::span<const std::string> references) override {
    std::set<NotificationId> ids;
    for (const auto& reference : references)
      if (auto found = by_reference_.find(reference); found != by_reference_.end()) ids.insert(found->second);
    return find_all(std::vector<NotificationId>(ids.begin(), ids.end()));
  }
  Result<std::vector<Notification>> list(const ports::NotificationQuery&) override {
    return std::vector<Notification>{};
  }
  Result<std::map<NotificationStatus, std::int64_t>> count_by_status(const ports::NotificationQuery&) override {
    std::map<NotificationStatus, std::int64_t> out;
    for (const auto& [id, n] : rows_) ++out[n.status];
    return out;
  }
  Result<bool> move(const ports::StatusMove& move) override {
    auto found = rows_.find(move.id);
    if (found == rows_.end()) return false;
    Notification& n = found->second;
    if (std::find(move.from.begin(), move.from.end(), n.status) == move.from.end()) return false;
    n.status = move.to;
    n.updated_at = move.at;
    if (move.sent_at) n.sent_at = move.sent_at;
    if (move.sent_by) n.sent_by = *move.sent_by;
    if (move.billable_units) n.billable_units = *move.billable_units;
    event_log[n.id].push_back({move.at, move.to, move.cause, move.detail});
    return true;
  }
  Result<std::vector<bool>> move_all(std::span<const ports::StatusMove> moves) override {
    if (move_fault.count > 0 && moves_before_fault-- <= 0 && move_fault.strikes()) return fail(move_fault.error);
    move_sizes.push_back(moves.size());
    std::vector<bool> out;
    for (const auto& one : moves) out.push_back(*move(one));
    return out;
  }
  Result<void> update(const ports::NotificationUpdate&) override { return {}; }
  Result<void> add_event(NotificationId id, const notifications::NotificationEvent& event) override {
    event_log[id].push_back(event);
    return {};
  }
  Result<std::vector<notifications::NotificationEvent>> events(NotificationId id) override { return event_log[id]; }

 private:
  std::map<NotificationId, Notification> rows_;
  std::unordered_map<std::string, NotificationId> by_reference_;
};

class FakeTaskQueue final : public ports::TaskQueue {
 public:
  std::vector<ports::NewTask> tasks;  // all that were enqueued

  Result<void> enqueue(std::span<const ports::NewTask> more) override {
    for (const auto& task : more) {
      if (task.unique_key.empty() || keys_.insert(task.unique_key).second) tasks.push_back(task);
    }
    return {};
  }
  Result<std::vector<ports::ClaimedTask>> claim(std::string_view, int, UtcTime, Duration,
                                                std::string_view) override {
    return std::vector<ports::ClaimedTask>{};
  }
  Result<bool> renew(TaskId, int, UtcTime) override { return true; }
  Result<void> settle(std::span<const ports::TaskSettlement>) override { return {}; }
  Result<std::optional<UtcTime>> next_due() override { return std::nullopt; }
  Result<std::vector<ports::QueueCounts>> counts(UtcTime) override { return std::vector<ports::QueueCounts>{}; }
  Result<std::vector<ports::BuriedTask>> buried(int) override { return std::vector<ports::BuriedTask>{}; }
  Result<void> revive(TaskId, UtcTime) override { return {}; }
  void wait(std::string_view, Duration) override {}
  void wake_all() override {}

 private:
  std::set<std::string> keys_;
};

class FakeLeaseStore final : public ports::LeaseStore {
 public:
  Result<bool> acquire(std::string_view name, std::string_view owner, UtcTime now, Duration ttl) override {
    auto& lease = leases_[std::string(name)];
    if (lease.until > now && lease.owner != owner) return false;
    lease = {std::string(owner), now + ttl};
    return true;
  }
  Result<void> release(std::string_view name, std::string_view owner) override {
    if (auto found = leases_.find(std::string(name)); found != leases_.end() && found->second.owner == owner)
      leases_.erase(found);
    return {};
  }

 private:
  struct Lease {
    std::string owner;
    UtcTime until;
  };
  std::map<std::string, Lease> leases_;
};

class FakeLetterStore final : public ports::LetterStore {
 public:
  FakeLetterStore(FakeNotificationStore& notifications, FakeTaskQueue& tasks)
      : notifications_(notifications), tasks_(tasks) {}

  Fault move_zip_fault;
  std::map<std::pair<Date, std::string>, ports::SortedCounts> counts;
  std::map<NotificationId, ports::Despatch> despatches;

  Result<std::vector<ports::LetterCandidate>> candidates(UtcTime deadline, const ports::LetterCandidate* after,
                                                         int limit) override {
    const auto order = [](const ports::LetterCandidate& c) {
      return std::tuple(c.postage, c.service_id, c.created_at, c.id);
    };
    std::vector<ports::LetterCandidate> out;
    for (const auto& [id, n] : notifications_.rows()) {
      if (n.status != NotificationStatus::created || n.key_type != accounts::KeyType::normal ||
          n.billable_units <= 0)
        continue;
      if (n.created_at >= deadline || in_live_zip(id)) continue;
      out.push_back({id, n.reference, n.service_id, n.postage.value(), n.created_at, n.billable_units});
    }
    std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
    if (after) std::erase_if(out, [&](const auto& c) { return order(c) <= order(*after); });
    if (out.size() > static_cast<std::size_t>(limit)) out.resize(static_cast<std::size_t>(limit));
    return out;
  }
  Result<void> plan_zip(const ports::LetterZip& zip, std::span<const ports::ZipLetter> letters,
                        const ports::NewTask& task) override {
    if (zips_.contains(zip.name)) return fail(ErrorKind::conflict, "the zip exists");
    for (const auto& letter : letters) {
      if (in_live_zip(letter.id)) return fail(ErrorKind::conflict, "a letter is in another zip");
      const auto row = notifications_.rows().find(letter.id);
      if (row != notifications_.rows().end() && row->second.status != NotificationStatus::created)
        return fail(ErrorKind::conflict, "a letter waits no longer");
    }
    zips_[zip.name] = {zip, {letters.begin(), letters.end()}};
    for (const auto& letter : letters) zip_of_[letter.id] = zip.name;
    return tasks_.enqueue(std::span(&task, 1));
  }
  Result<ports::LetterZip> zip(std::string_view name) override {
    if (auto found = zips_.find(std::string(name)); found != zips_.end()) return found->second.first;
    return fail(ErrorKind::not_found, fmt::format("no zip {}", name));
  }
  Result<std::vector<ports::LetterZip>> zips(Date day) override {
    return select([&](const ports::LetterZip& zip) { return zip.run_day == day; });
  }
  Result<std::vector<ports::LetterZip>> unfinished_zips() override {
    return select([](const ports::LetterZip& zip) {
      return zip.state == ports::ZipState::planned || zip.state == ports::ZipState::uploading;
    });
  }
  Result<std::vector<ports::LetterZip>> zips_of(NotificationId letter) override {
    std::vector<ports::LetterZip> out;
    for (const auto& [name, zip] : zips_) {
      for (const auto& one : zip.second)
        if (one.id == letter) out.push_back(zip.first);
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.created_at < b.created_at; });
    return out;
  }
  Result<std::vector<ports::ZipLetter>> zip_letters(std::string_view name) override {
    if (auto found = zips_.find(std::string(name)); found != zips_.end()) return found->second.second;
    return fail(ErrorKind::not_found, fmt::format("no zip {}", name));
  }
  Result<bool> move_zip(std::string_view name, ports::ZipState from, ports::ZipState to, UtcTime at,
                        std::string_view error) override {
    if (to == ports::ZipState::uploaded && move_zip_fault.strikes()) return fail(move_zip_fault.error);
    auto found = zips_.find(std::string(name));
    if (found == zips_.end() || found->second.first.state != from) return false;
    found->second.first.state = to;
    found->second.first.error = error;
    if (to == ports::ZipState::uploaded) found->second.first.uploaded_at = at;
    return true;
  }
  Result<void> acknowledge_zip(std::string_view name, UtcTime at) override {
    auto found = zips_.find(std::string(name));
    if (found == zips_.end()) return fail(ErrorKind::not_found, "no such zip");
    if (!found->second.first.acknowledged_at) found->second.first.acknowledged_at = at;
    return {};
  }
  Result<std::vector<std::string>> uploaded_zips_with_created_letters() override {
    std::vector<std::string> out;
    for (const auto& [name, zip] : zips_) {
      const bool waits = std::any_of(zip.second.begin(), zip.second.end(), [&](const auto& letter) {
        return notifications_.at(letter.id).status == NotificationStatus::created;
      });
      if (zip.first.state == ports::ZipState::uploaded && waits) out.push_back(name);
    }
    return out;
  }
  Result<std::int64_t> count_sending(UtcTime from, UtcTime to) override {
    return count([&](const Notification& n) {
      return n.status == NotificationStatus::sending && n.key_type == accounts::KeyType::normal && n.sent_at &&
             *n.sent_at >= from && *n.sent_at < to;
    });
  }
  Result<std::int64_t> count_created(UtcTime before) override {
    return count(
        [&](const Notification& n) { return n.status == NotificationStatus::created && n.created_at < before; });
  }
  Result<std::vector<NotificationId>> without_pdf(UtcTime from, UtcTime to, int limit) override {
    std::vector<NotificationId> out;
    for (const auto& [id, n] : notifications_.rows()) {
      if (n.status == NotificationStatus::created && n.key_type == accounts::KeyType::normal &&
          n.billable_units == 0 && !n.updated_at && n.created_at >= from && n.created_at < to &&
          out.size() < static_cast<std::size_t>(limit))
        out.push_back(id);
    }
    return out;
  }
  Result<void> record_sorted_counts(const ports::SortedCounts& c) override {
    counts[{c.billing_day, c.file_name}] = c;
    return {};
  }
  Result<std::vector<ports::SortedCounts>> sorted_counts(Date) override {
    return std::vector<ports::SortedCounts>{};
  }
  Result<void> record_despatches(std::span<const ports::Despatch> all) override {
    for (const auto& one : all) despatches.emplace(one.id, one);
    return {};
  }
  Result<std::optional<ports::Despatch>> despatch(NotificationId letter) override {
    auto found = despatches.find(letter);
    return found == despatches.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  using Planned = std::pair<ports::LetterZip, std::vector<ports::ZipLetter>>;

  bool in_live_zip(NotificationId id) const {
    auto found = zip_of_.find(id);
    return found != zip_of_.end() && zips_.at(found->second).first.state != ports::ZipState::failed;
  }
  template <typename Wanted>
  std::vector<ports::LetterZip> select(Wanted&& wanted) const {
    std::vector<ports::LetterZip> out;
    for (const auto& [name, zip] : zips_)
      if (wanted(zip.first)) out.push_back(zip.first);
    return out;
  }
  template <typename Wanted>
  std::int64_t count(Wanted&& wanted) const {
    std::int64_t total = 0;
    for (const auto& [id, n] : notifications_.rows()) total += wanted(n) ? 1 : 0;
    return total;
  }

  FakeNotificationStore& notifications_;
  FakeTaskQueue& tasks_;
  std::map<std::string, Planned> zips_;
  std::map<NotificationId, std::string> zip_of_;
};

}  // namespace postroom::flows::print_test
