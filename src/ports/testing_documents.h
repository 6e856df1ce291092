// An in-memory DocumentStore that keeps the port's contract, for tests. Safe from several threads. Faults: the next
// `count` calls of an operation fail.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include "ports/document_store.h"
#include "ports/testing.h"

namespace postroom::ports::testing {

class MemoryDocumentStore final : public DocumentStore {
 public:
  Fault create_fault, find_fault, try_fault, count_fault;

  Result<void> create(const DocumentRecord& record) override {
    std::lock_guard lock(mutex_);
    if (create_fault.strikes()) return fail(create_fault.error);
    if (!rows_.try_emplace(record.id, Row{record, 0, {}}).second) return fail(ErrorKind::conflict, "it exists");
    return {};
  }
  Result<DocumentRecord> find(DocumentId id) override {
    std::lock_guard lock(mutex_);
    if (find_fault.strikes()) return fail(find_fault.error);
    auto found = rows_.find(id);
    if (found == rows_.end()) return fail(ErrorKind::not_found, "no such document");
    return found->second.record;
  }
  Result<std::vector<DocumentRecord>> list(ServiceId service, int limit) override {
    auto newest_first = [](const DocumentRecord& a, const DocumentRecord& b) {
      return b.created_at < a.created_at;
    };
    return pick([&](const DocumentRecord& r) { return r.service_id == service; }, newest_first, limit);
  }
  Result<std::vector<DocumentRecord>> expired(UtcTime now, int limit) override {
    auto soonest_first = [](const DocumentRecord& a, const DocumentRecord& b) {
      return a.expires_at < b.expires_at;
    };
    return pick([&](const DocumentRecord& r) { return r.expires_at <= now; }, soonest_first, limit);
  }
  Result<std::vector<DocumentRecord>> not_kept(UtcTime before, int limit) override {
    auto oldest_first = [](const DocumentRecord& a, const DocumentRecord& b) {
      return a.created_at < b.created_at;
    };
    return pick([&](const DocumentRecord& r) { return !r.is_kept && r.created_at < before; }, oldest_first, limit);
  }
  Result<void> keep(std::span<const DocumentId> ids) override {
    std::lock_guard lock(mutex_);
    for (DocumentId id : ids)
      if (auto found = rows_.find(id); found != rows_.end()) found->second.record.is_kept = true;
    return {};
  }
  Result<void> remove(std::span<const DocumentId> ids) override {
    std::lock_guard lock(mutex_);
    for (DocumentId id : ids) rows_.erase(id);
    return {};
  }
  Result<void> count_download(DocumentId id, UtcTime at) override {
    std::lock_guard lock(mutex_);
    if (count_fault.strikes()) return fail(count_fault.error);
    if (auto found = rows_.find(id); found != rows_.end()) {
      ++found->second.record.download_count;
      found->second.record.downloaded_at = at;
    }
    return {};
  }
  Result<std::optional<UtcTime>> take_try(DocumentId id, UtcTime now, int tries_max, Duration window) override {
    std::lock_guard lock(mutex_);
    if (try_fault.strikes()) return fail(try_fault.error);
    auto found = rows_.find(id);
    if (found == rows_.end()) return fail(ErrorKind::not_found, "no such document");
    Row& row = found->second;
    if (!row.tries_since || *row.tries_since + window <= now) {
      row.tries_since = now;
      row.try_count = 0;
    }
    if (row.try_count >= tries_max) return std::optional(*row.tries_since + window);
    ++row.try_count;
    return std::optional<UtcTime>();
  }
  Result<void> clear_tries(DocumentId id) override {
    std::lock_guard lock(mutex_);
    if (auto found = rows_.find(id); found != rows_.end()) found->second.tries_since.reset();
    return {};
  }

 private:
  struct Row {
    DocumentRecord record;
    int try_count = 0;
    std::optional<UtcTime> tries_since;
  };

  template <typename Wanted, typename Order>
  std::vector<DocumentRecord> pick(Wanted wanted, Order order, int limit) {
    std::lock_guard lock(mutex_);
    std::vector<DocumentRecord> out;
    for (const auto& [id, row] : rows_)
      if (wanted(row.record)) out.push_back(row.record);
    std::stable_sort(out.begin(), out.end(), order);
    out.resize(std::min(out.size(), static_cast<std::size_t>(std::max(limit, 0))));
    return out;
  }

  std::mutex mutex_;
  std::map<DocumentId, Row> rows_;
};

}  // namespace postroom::ports::testing
