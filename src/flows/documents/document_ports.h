// What files by email need from the outside.
#pragma once

#include "base/clock.h"
#include "base/key_ring.h"
#include "base/random.h"
#include "ports/account_store.h"
#include "ports/blob_store.h"
#include "ports/document_store.h"
#include "ports/notification_store.h"
#include "ports/virus_scanner.h"

namespace postroom::flows {

// Everything must outlive the flows. Safe from several threads.
struct DocumentPorts {
  ports::DocumentStore& documents;
  ports::BlobStore& blobs;
  ports::ServiceStore& services;
  ports::NotificationStore& notifications;
  ports::VirusScanner* scanner;  // none: see DocumentOptions::unscanned
  const KeyRing& key_ring;       // signs confirmations; does not open documents
  const Clock& clock;            // the product's time
  Random& random;
};

}  // namespace postroom::flows
