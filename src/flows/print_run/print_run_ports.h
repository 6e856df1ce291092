// Everything outside that the print run needs.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/time_zone.h"
#include "ports/archive_store.h"
#include "ports/blob_store.h"
#include "ports/letter_store.h"
#include "ports/notification_store.h"
#include "ports/print_drop.h"
#include "ports/task_names.h"
#include "ports/task_queue.h"
#include "ports/zip_writer.h"

namespace postroom::flows {

// The print house, as letters name who has them.
inline constexpr std::string_view kPrintProvider = "dvla";

// Letters whose state is changed in one commit.
inline constexpr std::size_t kLettersPerCommitMax = 1000;

// Must outlive whatever holds it; all are safe from several threads.
struct PrintRunPorts {
  ports::NotificationStore& notifications;
  ports::LetterStore& letters;
  ports::BlobStore& blobs;
  ports::TaskQueue& tasks;
  ports::LeaseStore& leases;
  ports::PrintDrop& print_house;
  ports::ZipCreator create_zip;
  const Clock& clock;
  Random& random;
  const TimeZone& zone;                    // the print house's wall clock
  ports::ArchiveStore* archive = nullptr;  // none: letters whose days are over are unknown
};

}  // namespace postroom::flows
