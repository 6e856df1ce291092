// Documents over stores in memory, for tests of what takes them and what gives them out.
#pragma once

#include "flows/documents/document_downloads.h"
#include "flows/documents/document_uploads.h"
#include "ports/testing_documents.h"
#include "ports/testing_stores.h"

namespace postroom::flows::testing {

class ScriptedScanner final : public ports::VirusScanner {
 public:
  Result<ports::ScanReport> verdict = ports::ScanReport(ports::ScanVerdict::clean);
  Result<ports::ScanReport> scan(BytesView) override { return verdict; }
  Result<void> ping() override { return {}; }
};

struct DocumentWorld {
  DocumentWorld() {
    service.id = ServiceId{Uuid::random(random)};
    service.name = "Harbour Office";
    service.contact_link = "https://harbour.example/contact";
    (void)services.create(service);
  }

  // A file that a message to ann@example.org brings along; its link.
  Outcome<std::string> send(Bytes content = "a,b\n1,2\n", notifications::FileRequest file = {}) {
    notifications::Notification n;
    n.id = NotificationId{Uuid::random(random)};
    file.content = to_base64(content);
    auto link = uploads.upload({.service = service,
                                .notification = n.id,
                                .file = file,
                                .recipient = "ann@example.org",
                                .sent_at = clock.now()});
    // Only accepted messages are stored.
    if (link) notifications.put(n);
    return link;
  }
  static documents::DocumentLink parse(const std::string& url) {
    const std::string path = url.substr(url.find("/d/"));
    return documents::parse_link(path.substr(3, 22), path.substr(26, 22), path.substr(53)).value();
  }

  SeededRandom random{7};
  MovableClock clock{from_micros(1'770'000'000'000'000)};
  KeyRing key_ring = KeyRing::parse(KeyRing::generate(random)).value();
  accounts::Service service;
  ports::testing::MemoryTaskQueue tasks;
  ports::testing::MemoryDocumentStore documents;
  ports::testing::MemoryBlobStore blobs;
  ports::testing::MemoryServiceStore services;
  ports::testing::MemoryNotificationStore notifications{tasks};
  ScriptedScanner scanner;
  DocumentPorts ports{documents, blobs, services, notifications, &scanner, key_ring, clock, random};
  DocumentOptions options{
      .bytes_max = 1000, .retention_weeks = 26, .base_url = "https://web.example", .unscanned = false};
  DocumentUploads uploads{ports, options};
  DocumentDownloads downloads{ports};
};

}  // namespace postroom::flows::testing
