// What a person sees when the database cannot be opened: the path, what is wrong, what to do. And that a file
// which cannot be read is never changed.
#include "adapters/sqlite/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "adapters/sqlite/checkpointer.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/file_lock.h"
#include "adapters/sqlite/migrate.h"
#include "adapters/sqlite/temporary_folder.h"
#include "adapters/store_common/testing.h"
#include "base/log.h"

namespace postroom::sqlite {
namespace {

using testing::HasSubstr;

class OpenTest : public testing::Test {
 protected:
  Result<std::unique_ptr<ports::Database>> open_at(const std::string& path) {
    return open({.path = path, .key_ring = ring_, .random = random_, .clock = clock_});
  }
  void expect_error(const std::string& path, ErrorKind kind, std::vector<std::string> parts) {
    auto opened = open_at(path);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, kind) << opened.error().message;
    EXPECT_THAT(opened.error().message, HasSubstr(path));
    for (const std::string& part : parts) EXPECT_THAT(opened.error().message, HasSubstr(part));
  }
  static std::string content(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }
  static void write(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  void run_sql(const std::string& sql) {
    Connection connection(path_, Connection::Mode::read_write_create);
    connection.script(sql);
  }
  // A database with a few pages of content, closed.
  void make_database() {
    auto database = *open_at(path_);
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(database->state().put("name " + std::to_string(i), std::string(1'000, 'x')).has_value());
    }
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "postroom.db";
  SystemRandom random_;
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
  MovableClock clock_{from_micros(1'772'442'900'000'000)};
};

TEST_F(OpenTest, gives_back_what_a_dead_process_had_claimed_when_asked_to) {
  using namespace std::chrono_literals;
  auto claim = [&](ports::Database& database) {
    return database.tasks().claim("send", 10, clock_.now(), 24h, "worker")->size();
  };
  ports::NewTask task{.queue = "send", .kind = "deliver", .subject = "one", .run_at = clock_.now()};
  {
    auto database = *open_at(path_);
    ASSERT_TRUE(database->tasks().enqueue(std::span(&task, 1)));
    ASSERT_EQ(claim(*database), 1u);
    ASSERT_TRUE(*database->leases().acquire("scheduler", "dead", clock_.now(), 24h));
  }
  EXPECT_EQ(claim(**open_at(path_)), 0u);
  auto database =
      *open({.path = path_, .key_ring = ring_, .random = random_, .clock = clock_, .release_claims = true});
  EXPECT_EQ(claim(*database), 1u);
  EXPECT_TRUE(*database->leases().acquire("scheduler", "alive", clock_.now(), 24h));
}

TEST_F(OpenTest, makes_a_new_database_and_describes_it) {
  auto database = open_at(path_);
  ASSERT_TRUE(database.has_value()) << database.error().message;
  EXPECT_EQ((*database)->description(), "SQLite " + path_);
  EXPECT_EQ((*database)->schema_version().value_or(0), embedded_migrations().back().number);
  Connection other(path_, Connection::Mode::read_only);
  Cursor mode = other.query("PRAGMA journal_mode");
  ASSERT_TRUE(mode.next());
  EXPECT_EQ(mode.text(), "wal");
}

TEST_F(OpenTest, files_are_the_owners_alone_whatever_the_umask) {
  for (mode_t mask : {0, 022, 0777}) {
    const std::string path = folder_ / ("umask" + std::to_string(mask) + ".db");
    const mode_t before = umask(mask);
    auto database = open_at(path);
    const bool is_stored = database && (*database)->state().put("a", "1").has_value();
    umask(before);
    ASSERT_TRUE(is_stored);
    for (const char* suffix : {"", "-wal", "-shm"}) {
      EXPECT_EQ(std::filesystem::status(path + suffix).permissions(),
                std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
          << path << suffix << " with umask " << mask;
    }
  }
}

TEST_F(OpenTest, closing_leaves_everything_in_one_file) {
  {
    auto database = *open_at(path_);
    ASSERT_TRUE(database->state().put("kept", "1"));
    ASSERT_TRUE(database->state().get("kept"));  // readers are open, too
  }
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
  std::filesystem::copy_file(path_, folder_ / "copy.db");
  EXPECT_EQ((*open_at(folder_ / "copy.db"))->state().get("kept")->value_or(""), "1");
}

TEST_F(OpenTest, write_ahead_log_stays_bounded_while_many_write) {
  auto database = *open_at(path_);
  const std::string value(20'000, 'x');
  std::atomic<int> serial = 0;
  std::atomic<bool> is_done = false;
  std::thread reader([&] {
    while (!is_done) EXPECT_TRUE(database->state().get("n1"));
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i; (i = serial++) < 4 * kLogPagesMax / 5;) {
        EXPECT_TRUE(database->state().put("n" + std::to_string(i), value));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  is_done = true;
  reader.join();
  EXPECT_LT(std::filesystem::file_size(path_ + "-wal"), 2u * kLogPagesMax * 4096);
}

TEST_F(OpenTest, idle_claim_does_not_need_the_writer) {
  auto database = *open_at(path_);
  using namespace std::chrono_literals;
  ports::NewTask later{.queue = "send", .kind = "k", .subject = "s", .run_at = clock_.now() + 1h};
  ASSERT_TRUE(database->tasks().enqueue(std::span(&later, 1)));
  Connection other(path_, Connection::Mode::read_write_create);
  other.script("BEGIN IMMEDIATE");
  for (const char* queue : {"send", "empty"}) {
    auto claimed = database->tasks().claim(queue, 10, clock_.now(), 1min, "w");
    ASSERT_TRUE(claimed.has_value()) << claimed.error().message;
    EXPECT_TRUE(claimed->empty());
  }
}

TEST_F(OpenTest, absent_folder) {
  expect_error(folder_ / "none/postroom.db", ErrorKind::invalid_input, {"does not exist", "create it"});
}

TEST_F(OpenTest, path_is_a_folder) {
  std::filesystem::create_directory(path_);
  expect_error(path_, ErrorKind::invalid_input, {"not a plain file"});
}

TEST_F(OpenTest, unwritable_folder) {
  if (geteuid() == 0) {
    // Root may write anywhere; a lock path that cannot be made has the same effect.
    std::filesystem::create_directory(path_ + ".lock");
  } else {
    std::filesystem::permissions(folder_ / "",
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  }
  expect_error(path_, ErrorKind::invalid_input, {"cannot write", "let postroom's user write"});
}

TEST_F(OpenTest, a_second_owner_is_told_who_has_it) {
  auto first = open_at(path_);
  ASSERT_TRUE(first.has_value());
  expect_error(path_, ErrorKind::conflict, {"another postroom", std::to_string(getpid()), "stop that one"});
  first->reset();
  EXPECT_TRUE(open_at(path_).has_value());
}

TEST_F(OpenTest, lock_of_a_killed_process_is_free) {
  pid_t child = fork();
  if (child == 0) {
    auto lock = FileLock::take(path_ + ".lock");
    _exit(lock ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(open_at(path_).has_value());
}

TEST_F(OpenTest, another_kind_of_file_is_left_alone) {
  const std::string text(5'000, 'n');
  write(path_, text);
  expect_error(path_, ErrorKind::corrupt, {"not a database", "left as it is", "backup"});
  EXPECT_EQ(content(path_), text);
}

TEST_F(OpenTest, truncated_database_is_left_alone) {
  make_database();
  const std::string cut = content(path_).substr(0, 3 * 4096 + 100);
  write(path_, cut);
  expect_error(path_, ErrorKind::corrupt, {"left as it is", "backup"});
  EXPECT_EQ(content(path_), cut);
}

TEST_F(OpenTest, damaged_page_is_found_and_left_alone) {
  make_database();
  std::string bytes = content(path_);
  // The last page, whole: a leaf with rows.
  bytes.replace(bytes.size() - 4096, 4096, std::string(4096, '\x5A'));
  write(path_, bytes);
  expect_error(path_, ErrorKind::corrupt, {"left as it is"});
  EXPECT_EQ(content(path_), bytes);
}

TEST_F(OpenTest, other_programs_database_is_left_alone) {
  run_sql("CREATE TABLE recipes (name TEXT)");
  const std::string before = content(path_);
  expect_error(path_, ErrorKind::rejected, {"another program"});
  EXPECT_EQ(content(path_), before);
}

TEST_F(OpenTest, newer_schema_is_refused) {
  make_database();
  run_sql("INSERT INTO schema_migration VALUES (9999, '9999_future.sql', 'x', 0)");
  expect_error(path_, ErrorKind::rejected, {"9999_future.sql", "newer postroom"});
}

TEST_F(OpenTest, changed_migration_is_refused) {
  make_database();
  run_sql("UPDATE schema_migration SET checksum = 'other' WHERE number = 1");
  expect_error(path_, ErrorKind::corrupt, {"0001_stores.sql", "another text"});
}

TEST_F(OpenTest, failed_migration_changes_nothing) {
  Connection connection(path_, Connection::Mode::read_write_create);
  std::vector<Migration> migrations{{1, "0001_a.sql", "CREATE TABLE a (x)"},
                                    {2, "0002_b.sql", "CREATE TABLE b (x); CREATE TABLE a (x)"}};
  EXPECT_THROW((void)migrate(connection, migrations, clock_), DatabaseError);
  EXPECT_EQ(schema_version(connection), 1);
  EXPECT_FALSE(connection.query("SELECT 1 FROM sqlite_schema WHERE name = 'b'").next());
  migrations[1].sql = "CREATE TABLE b (x); CREATE TABLE c (x)";
  EXPECT_TRUE(migrate(connection, migrations, clock_).has_value());
  EXPECT_TRUE(migrate(connection, migrations, clock_).has_value());
  EXPECT_EQ(schema_version(connection), 2);
}

TEST_F(OpenTest, migrations_are_numbered_without_gaps) {
  store_common::expect_numbered(embedded_migrations(), "sqlite");
}

// A limit on the file's size gives the same answer as a full disk.
TEST_F(OpenTest, full_disk_is_retry_later_and_nothing_is_lost) {
  auto database = *open_at(path_);
  ASSERT_TRUE(database->state().put("kept", "1").has_value());
  struct Limit {
    Limit() {
      signal(SIGXFSZ, SIG_IGN);
      getrlimit(RLIMIT_FSIZE, &before);
      rlimit small = before;
      small.rlim_cur = 512 * 1024;
      setrlimit(RLIMIT_FSIZE, &small);
    }
    ~Limit() { setrlimit(RLIMIT_FSIZE, &before); }
    rlimit before{};
  };
  std::vector<std::string> stored;
  std::string logged;
  set_log_sink([&](std::string_view line) { logged += line; });
  {
    Limit limit;
    bool failed = false;
    for (int i = 0; i < 100 && !failed; ++i) {
      auto put = database->state().put("n" + std::to_string(i), std::string(20'000, 'x'));
      if (put) {
        stored.push_back("n" + std::to_string(i));
      } else {
        failed = true;
        EXPECT_EQ(put.error().kind, ErrorKind::retry_later) << put.error().message;
        EXPECT_THAT(put.error().message, testing::AllOf(HasSubstr(path_), HasSubstr("disk has room")));
      }
    }
    EXPECT_TRUE(failed);
  }
  set_log_sink(nullptr);
  EXPECT_THAT(logged, HasSubstr("database.commit_failed"));
  EXPECT_TRUE(database->state().put("after", "1").has_value());
  database.reset();
  database = *open_at(path_);
  stored.push_back("kept");
  stored.push_back("after");
  for (const std::string& name : stored) EXPECT_TRUE(database->state().get(name)->has_value()) << name;
}

}  // namespace
}  // namespace postroom::sqlite
