#include "adapters/sqlite/open.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "adapters/sqlite/account_store.h"
#include "adapters/sqlite/answer_store.h"
#include "adapters/sqlite/archive_store.h"
#include "adapters/sqlite/callback_store.h"
#include "adapters/sqlite/checkpointer.h"
#include "adapters/sqlite/document_store.h"
#include "adapters/sqlite/file_lock.h"
#include "adapters/sqlite/inbound_part_store.h"
#include "adapters/sqlite/inbound_store.h"
#include "adapters/sqlite/job_store.h"
#include "adapters/sqlite/letter_care_store.h"
#include "adapters/sqlite/letter_store.h"
#include "adapters/sqlite/limit_store.h"
#include "adapters/sqlite/migrate.h"
#include "adapters/sqlite/notification_store.h"
#include "adapters/sqlite/provider_store.h"
#include "adapters/sqlite/record_store.h"
#include "adapters/sqlite/secret_store.h"
#include "adapters/sqlite/small_stores.h"
#include "adapters/sqlite/suppression_store.h"
#include "adapters/sqlite/task_queue.h"
#include "adapters/sqlite/unsubscribe_store.h"

namespace postroom::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0600;
constexpr int kWriterCacheKibibytes = 32'768;

class Database final : public ports::Database {
 public:
  Database(const OpenOptions& options, FileLock lock, std::unique_ptr<Connection> connection)
      : path_(options.path),
        lock_(std::move(lock)),
        checkpointer_(std::make_unique<Connection>(options.path, Connection::Mode::read_write_create)),
        writer_(watched(std::move(connection)), signals_),
        readers_(options.path),
        store_{writer_, readers_, signals_, options.key_ring, options.random, options.clock} {}

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
    return readers_.run([](Connection& connection) -> Result<int> { return sqlite::schema_version(connection); });
  }
  Result<void> ping() override {
    return readers_.run([](Connection& connection) -> Result<void> {
      connection.query("SELECT 1 FROM schema_migration LIMIT 1").next();
      return {};
    });
  }
  std::string description() const override { return "SQLite " + path_; }

 private:
  std::unique_ptr<Connection> watched(std::unique_ptr<Connection> connection) {
    checkpointer_.watch(*connection);
    return connection;
  }

  // Destroyed from the bottom up: the last connection to close copies the write-ahead log back, which a reader's
  // could not.
  std::string path_;
  FileLock lock_;
  TaskSignals signals_;
  Checkpointer checkpointer_;
  Writer writer_;
  ReaderPool readers_;
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

Result<void> check_place(const std::string& path) {
  std::error_code error;
  const fs::path folder = fs::absolute(path, error).parent_path();
  if (!fs::is_directory(folder, error)) {
    return fail(ErrorKind::invalid_input,
                "the folder " + folder.string() + " does not exist: create it, or choose another");
  }
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
    return fail(ErrorKind::invalid_input, "it is not a plain file: choose another path");
  }
  return {};
}

// SQLite would make it as readable as the umask lets it. -wal and -shm get the file's own mode. A file that exists
// keeps the mode somebody gave it.
Result<void> create_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
  if (descriptor < 0) {
    if (errno == EEXIST) return {};
    return fail(ErrorKind::retry_later, "cannot create " + path + ": " + std::generic_category().message(errno));
  }
  // A umask may take away the owner's own rights.
  const bool is_set = fchmod(descriptor, kOwnerOnly) == 0;
  close(descriptor);
  if (!is_set) return fail(ErrorKind::retry_later, "cannot set the mode of " + path);
  return {};
}

// Reads before it writes: a file that is no database, or a damaged one, must stay as it is for a rescue.
Result<void> check_content(Connection& connection, const std::string& path) {
  POSTROOM_CHECK(check_owner(connection));
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  if (error || size > kQuickCheckBytesMax) return {};
  Cursor check = connection.query("PRAGMA quick_check(1)");
  if (check.next()) {
    if (std::string finding = check.text(); finding != "ok") {
      return fail(ErrorKind::corrupt,
                  "the database is damaged (" + finding +
                      "). The file is left as it is: restore a backup, or move it away to start "
                      "with an empty database");
    }
  }
  return {};
}

void configure(Connection& connection) {
  connection.query("PRAGMA journal_mode = WAL").next();
  connection.script(
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = "
      "FAST; PRAGMA cache_size = -" +
      std::to_string(kWriterCacheKibibytes));
}

Result<std::unique_ptr<ports::Database>> open_checked(const OpenOptions& options) {
  POSTROOM_CHECK(check_place(options.path));
  POSTROOM_TRY(lock, FileLock::take(options.path + ".lock"));
  POSTROOM_CHECK(create_private(options.path));
  try {
    auto connection = std::make_unique<Connection>(options.path, Connection::Mode::read_write_create);
    POSTROOM_CHECK(check_content(*connection, options.path));
    configure(*connection);
    POSTROOM_CHECK(migrate(*connection, embedded_migrations(), options.clock));
    if (options.release_claims) {
      connection->run("UPDATE task SET due_at = min(due_at, ?1), worker = NULL WHERE worker IS NOT NULL",
                      options.clock.now());
      connection->run("DELETE FROM lease");
    }
    return std::make_unique<Database>(options, std::move(lock), std::move(connection));
  } catch (const DatabaseError& error) {
    return fail(error.error());
  }
}

}  // namespace

Result<std::unique_ptr<ports::Database>> open(const OpenOptions& options) {
  auto database = open_checked(options);
  // SQLite's own messages name the path already.
  if (!database && database.error().message.find(options.path) == std::string::npos) {
    return fail_in(options.path, std::move(database).error());
  }
  return database;
}

}  // namespace postroom::sqlite
