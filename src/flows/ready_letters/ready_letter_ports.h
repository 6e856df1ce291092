// What letters that come as PDF need from the outside.
#pragma once

#include "base/clock.h"
#include "core/letters/print_day.h"
#include "ports/account_store.h"
#include "ports/blob_store.h"
#include "ports/letter_care_store.h"
#include "ports/notification_store.h"
#include "ports/task_queue.h"
#include "ports/virus_scanner.h"

namespace postroom::flows {

// Everything must outlive the flows. Safe from several threads.
struct ReadyLetterPorts {
  ports::NotificationStore& notifications;
  ports::LetterCareStore& care;
  ports::ServiceStore& services;
  ports::BlobStore& blobs;
  ports::TaskQueue& tasks;
  ports::VirusScanner* scanner;  // none: files wait
  const Clock& clock;
  const letters::PrintCalendar& calendar;
};

}  // namespace postroom::flows
