// One database behind all stores. Opened by app/, handed down as ports.
#pragma once

#include <string>

#include "ports/account_store.h"
#include "ports/answer_store.h"
#include "ports/archive_store.h"
#include "ports/callback_store.h"
#include "ports/delivery_care_store.h"
#include "ports/document_store.h"
#include "ports/email_report_store.h"
#include "ports/inbound_part_store.h"
#include "ports/inbound_store.h"
#include "ports/job_store.h"
#include "ports/letter_care_store.h"
#include "ports/letter_store.h"
#include "ports/limit_store.h"
#include "ports/notification_store.h"
#include "ports/provider_store.h"
#include "ports/record_store.h"
#include "ports/secret_store.h"
#include "ports/suppression_store.h"
#include "ports/task_queue.h"
#include "ports/unsubscribe_store.h"

namespace postroom::ports {

class Database {
 public:
  virtual ~Database() = default;
  virtual ServiceStore& services() = 0;
  virtual TemplateStore& templates() = 0;
  virtual NotificationStore& notifications() = 0;
  virtual LetterStore& letters() = 0;
  virtual LetterCareStore& letter_care() = 0;
  virtual ArchiveStore& archive() = 0;
  virtual RecordStore& records() = 0;
  virtual JobStore& jobs() = 0;
  virtual InboundStore& inbound() = 0;
  virtual EmailReportStore& email_reports() = 0;
  virtual DocumentStore& documents() = 0;
  virtual UnsubscribeStore& unsubscribes() = 0;
  virtual TaskQueue& tasks() = 0;
  virtual LeaseStore& leases() = 0;
  virtual ScheduleStore& schedules() = 0;
  virtual StateStore& state() = 0;
  virtual LimitStore& limits() = 0;
  virtual AnswerStore& answers() = 0;
  virtual SecretStore& secrets() = 0;
  virtual SuppressionStore& suppressions() = 0;
  virtual ProviderStore& providers() = 0;
  virtual DeliveryCareStore& delivery_care() = 0;
  virtual InboundPartStore& inbound_parts() = 0;
  virtual CallbackStore& callbacks() = 0;

  // Number of the newest migration in the database.
  virtual Result<int> schema_version() = 0;
  // One cheap round trip, for /_status. retry_later when the database is away.
  virtual Result<void> ping() = 0;
  // What it is and where, for people: "SQLite /srv/postroom/postroom.db".
  virtual std::string description() const = 0;
};

}  // namespace postroom::ports
