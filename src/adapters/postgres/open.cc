#include "adapters/postgres/open.h"

#include <algorithm>

#include "adapters/postgres/account_store.h"
#include "adapters/postgres/answer_store.h"
#include "adapters/postgres/archive_store.h"
#include "adapters/postgres/callback_store.h"
#include "adapters/postgres/document_store.h"
#include "adapters/postgres/inbound_part_store.h"
#include "adapters/postgres/inbound_store.h"
#include "adapters/postgres/job_store.h"
#include "adapters/postgres/letter_care_store.h"
#include "adapters/postgres/letter_store.h"
#include "adapters/postgres/limit_store.h"
#include "adapters/postgres/migrate.h"
#include "adapters/postgres/notification_store.h"
#include "adapters/postgres/provider_store.h"
#include "adapters/postgres/record_store.h"
#include "adapters/postgres/secret_store.h"
#include "adapters/postgres/small_stores.h"
#include "adapters/postgres/suppression_store.h"
#include "adapters/postgres/task_queue.h"
#include "adapters/postgres/unsubscribe_store.h"

namespace postroom::postgres {
namespace {

// Beside the one for bulk work. With few callers one does best: two would share out the callers, and with them the
// gain of a common commit.
int writer_count(int connections) { return std::clamp(connections / 8, 1, kWritersMax); }
int reader_count(int connections) { return connections - writer_count(connections) - 2; }

class Database final : public ports::Database {
 public:
  Database(const OpenOptions& options, int connections)
      : connector_(options.url),
        watch_(connector_, signals_, options.random),
        pool_(connector_, reader_count(connections)),
        writers_(connector_, watch_, writer_count(connections)),
        store_{writers_, pool_, watch_, signals_, options.key_ring, options.random, options.clock} {}

  ports::ServiceStore& services() override { return services_; }
  ports::TemplateStore& templates() override { return templates_; }
  ports::NotificationStore& notifications() override { return notifications_; }
  ports::LetterStore& letters() override { return letters_; }
  ports::LetterCareStore& letter_care() override { return letter_care_; }
  ports::ArchiveStore& archive() override { return archive_; }
  ports::RecordStore& records() override { return records_; }
  ports::JobStore& jobs() override { return jobs_; }
  ports::InboundStore& inbound() override { return inbound_; }
  ports::EmailReportStore& email_reports() override { return email_reports_; }
  ports::DocumentStore& documents() override { return documents_; }
  ports::UnsubscribeStore& unsubscribes() override { return unsubscribes_; }
  ports::TaskQueue& tasks() override { return tasks_; }
  ports::LeaseStore& leases() override { return leases_; }
  ports::ScheduleStore& schedules() override { return schedules_; }
  ports::StateStore& state() override { return state_; }
  ports::LimitStore& limits() override { return limits_; }
  ports::AnswerStore& answers() override { return answers_; }
  ports::SecretStore& secrets() override { return secrets_; }
  ports::SuppressionStore& suppressions() override { return suppressions_; }
  ports::ProviderStore& providers() override { return providers_; }
  ports::DeliveryCareStore& delivery_care() override { return delivery_care_; }
  ports::InboundPartStore& inbound_parts() override { return inbound_parts_; }
  ports::CallbackStore& callbacks() override { return callbacks_; }

  Result<int> schema_version() override {
    return pool_.read([](Connection& connection) -> Result<int> { return postgres::schema_version(connection); });
  }
  Result<void> ping() override {
    return pool_.read([](Connection& connection) -> Result<void> {
      connection.query("SELECT 1");
      return {};
    });
  }
  std::string description() const override { return "PostgreSQL " + connector_.place(); }

 private:
  // Destroyed from the bottom up: the writers finish before what they tell goes.
  Connector connector_;
  store_common::TaskSignals signals_;
  Watch watch_;
  Pool pool_;
  Writers writers_;
  Store store_;
  ServiceStore services_{store_};
  TemplateStore templates_{store_};
  NotificationStore notifications_{store_};
  LetterStore letters_{store_};
  LetterCareStore letter_care_{store_};
  ArchiveStore archive_{store_};
  RecordStore records_{store_};
  JobStore jobs_{store_};
  InboundStore inbound_{store_};
  EmailReportStore email_reports_{store_};
  DocumentStore documents_{store_};
  UnsubscribeStore unsubscribes_{store_};
  TaskQueue tasks_{store_};
  LeaseStore leases_{store_};
  ScheduleStore schedules_{store_};
  StateStore state_{store_};
  LimitStore limits_{store_};
  AnswerStore answers_{store_};
  SecretStore secrets_{store_};
  SuppressionStore suppressions_{store_};
  ProviderStore providers_{store_};
  DeliveryCareStore delivery_care_{store_};
  InboundPartStore inbound_parts_{store_};
  CallbackStore callbacks_{store_};
};

std::string_view remedy_for(const DatabaseError& error) {
  const std::string& state = error.sqlstate();
  if (state.empty())
    return "check that the server runs and that host, port, name, user and password in store.url are right";
  if (state == "42501") return "let postroom's user create tables there: GRANT CREATE ON SCHEMA public TO its user";
  if (state.starts_with("53")) return "give the server room: disk, memory or max_connections";
  if (state == "25006") return "it is read-only: give store.url the primary server";
  return "look into the server's log";
}

Result<void> prepare(const OpenOptions& options) {
  Connector connector(options.url);
  try {
    // Not by connector.connect(), which logs: whoever opens the store hears it as the answer.
    auto connection = std::make_unique<Connection>(options.url);
    if (auto migrated = migrate(*connection, embedded_migrations(), options.clock); !migrated) {
      return fail_in(connector.place(), std::move(migrated).error());
    }
    return {};
  } catch (const DatabaseError& error) {
    Error explained = connector.explain(error);
    explained.message.append("; ").append(remedy_for(error));
    return fail(std::move(explained));
  }
}

}  // namespace

Result<std::unique_ptr<ports::Database>> open(const OpenOptions& options) {
  if (Connector::describe_url(options.url).empty()) {
    return fail(ErrorKind::invalid_input,
                "store.url cannot be read: write it as postgresql://user:password@host:5432/name, with "
                "special characters of the password percent-encoded");
  }
  POSTROOM_CHECK(prepare(options));
  return std::make_unique<Database>(options, std::max(options.connections, kConnectionsMin));
}

}  // namespace postroom::postgres
