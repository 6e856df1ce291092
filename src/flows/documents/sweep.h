// Deletes documents whose time is over, and those whose message was never stored.
#pragma once

#include "flows/documents/document_ports.h"

namespace postroom::flows {

// A message is stored within seconds of its files: one that is not there by then will not come.
inline constexpr Duration kOrphanAgeMin = std::chrono::hours{1};
// Later, its message may have been there and gone: then the document stays for its time.
inline constexpr Duration kOrphanAgeMax = std::chrono::hours{48};
inline constexpr int kDocumentsPerSweepMax = 10'000;

struct DocumentSweep {
  int expired = 0;  // deleted
  int orphans = 0;  // deleted
  int kept = 0;     // found to be in use
};

// Can be run again at any time, and by several processes at once: a file goes before its record, so that what a
// crash leaves is found again. Stops after kDocumentsPerSweepMax of each kind; the next run goes on.
Result<DocumentSweep> sweep_documents(const DocumentPorts& ports);
// Deletes one document now. not_found.
Result<void> delete_document(const DocumentPorts& ports, DocumentId id);

}  // namespace postroom::flows
