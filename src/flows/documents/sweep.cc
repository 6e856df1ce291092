#include "flows/documents/sweep.h"

#include <set>

#include "base/log.h"
#include "flows/documents/document_seal.h"

namespace postroom::flows {
namespace {

constexpr int kBatch = 200;

using Records = std::vector<ports::DocumentRecord>;

Result<void> remove_all(const DocumentPorts& ports, const Records& records, std::string_view reason) {
  std::vector<DocumentId> ids;
  for (const ports::DocumentRecord& record : records) {
    POSTROOM_CHECK(ports.blobs.remove(ports::Bucket::documents, document_blob_key(record.service_id, record.id)));
    ids.push_back(record.id);
  }
  POSTROOM_CHECK(ports.documents.remove(ids));
  for (const ports::DocumentRecord& record : records) {
    log_info("document.deleted", {{"document", record.id.text()},
                                  {"service", record.service_id.text()},
                                  {"reason", reason},
                                  {"downloads", record.download_count}});
  }
  return {};
}

Result<int> remove_expired(const DocumentPorts& ports) {
  int removed = 0;
  while (removed < kDocumentsPerSweepMax) {
    POSTROOM_TRY(records, ports.documents.expired(ports.clock.now(), kBatch));
    if (records.empty()) break;
    POSTROOM_CHECK(remove_all(ports, records, "expired"));
    removed += static_cast<int>(records.size());
  }
  return removed;
}

Result<void> sort_out(const DocumentPorts& ports, const Records& records, DocumentSweep& done) {
  std::vector<NotificationId> wanted;
  for (const ports::DocumentRecord& record : records) wanted.push_back(record.notification_id);
  POSTROOM_TRY(found, ports.notifications.find_all(wanted));
  std::set<NotificationId> stored;
  for (const auto& notification : found) stored.insert(notification.id);
  const UtcTime oldest = ports.clock.now() - kOrphanAgeMax;
  Records orphans;
  std::vector<DocumentId> kept;
  for (const ports::DocumentRecord& record : records) {
    if (stored.contains(record.notification_id) || record.created_at <= oldest) {
      kept.push_back(record.id);
    } else {
      orphans.push_back(record);
    }
  }
  POSTROOM_CHECK(ports.documents.keep(kept));
  POSTROOM_CHECK(remove_all(ports, orphans, "its message was not accepted"));
  done.kept += static_cast<int>(kept.size());
  done.orphans += static_cast<int>(orphans.size());
  return {};
}

}  // namespace

Result<DocumentSweep> sweep_documents(const DocumentPorts& ports) {
  DocumentSweep done;
  POSTROOM_TRY(expired, remove_expired(ports));
  done.expired = expired;
  while (done.kept + done.orphans < kDocumentsPerSweepMax) {
    POSTROOM_TRY(records, ports.documents.not_kept(ports.clock.now() - kOrphanAgeMin, kBatch));
    if (records.empty()) break;
    POSTROOM_CHECK(sort_out(ports, records, done));
  }
  return done;
}

Result<void> delete_document(const DocumentPorts& ports, DocumentId id) {
  POSTROOM_TRY(record, ports.documents.find(id));
  return remove_all(ports, {record}, "asked for");
}

}  // namespace postroom::flows
