// What a person sees when the database cannot be opened, and what the stores do when the server goes away.
#include "adapters/postgres/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "../tests/peers/postgres_server.h"
#include "adapters/postgres/connection.h"
#include "adapters/postgres/connector.h"
#include "adapters/postgres/migrate.h"
#include "adapters/store_common/testing.h"
#include "base/log.h"
#include "base/text.h"

namespace postroom::postgres {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using Steady = std::chrono::steady_clock;

// One server for all tests of this file, and a database for each.
class OpenTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = tests::PostgresServer::start(why_); }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    if (!server_) GTEST_SKIP() << "PostgreSQL is left out: " << why_;
    set_log_sink([](std::string_view) {});
    static int databases = 0;
    name_ = "test" + std::to_string(++databases);
    Connection(server_->url()).script("CREATE DATABASE " + name_);
    url_ = server_->url(name_);
  }
  void TearDown() override { set_log_sink(nullptr); }

  Result<std::unique_ptr<ports::Database>> open_at(const std::string& url) {
    return open({.url = url, .connections = 8, .key_ring = ring_, .random = random_, .clock = clock_});
  }
  void expect_error(const std::string& url, ErrorKind kind, std::vector<std::string> parts) {
    auto opened = open_at(url);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, kind) << opened.error().message;
    for (const std::string& part : parts) EXPECT_THAT(opened.error().message, HasSubstr(part));
    EXPECT_THAT(opened.error().message, Not(HasSubstr("s3cret")));
  }
  ports::Acceptance an_acceptance() {
    ports::Acceptance out;
    out.notification.id = NotificationId(Uuid::time_ordered(clock_.now(), random_));
    out.notification.service_id = ServiceId(Uuid::random(random_));
    out.notification.created_at = clock_.now();
    out.tasks.push_back({.queue = "send", .kind = "deliver", .subject = "s", .run_at = clock_.now()});
    return out;
  }
  // Calls until it works again; the error's kind is checked on the way.
  template <typename Call>
  static bool recovers(Call&& call) {
    const auto end = Steady::now() + 20s;
    while (Steady::now() < end) {
      auto result = call();
      if (result) return true;
      EXPECT_EQ(result.error().kind, ErrorKind::retry_later) << result.error().message;
      std::this_thread::sleep_for(20ms);
    }
    return false;
  }

  static std::unique_ptr<tests::PostgresServer> server_;
  static std::string why_;
  std::string name_, url_;
  SystemRandom random_;
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
  MovableClock clock_{from_micros(1'772'442'900'000'000)};
};
std::unique_ptr<tests::PostgresServer> OpenTest::server_;
std::string OpenTest::why_;

TEST_F(OpenTest, makes_its_tables_and_describes_itself) {
  auto database = open_at(url_);
  ASSERT_TRUE(database.has_value()) << database.error().message;
  EXPECT_EQ((*database)->description(), "PostgreSQL " + url_);
  EXPECT_EQ((*database)->schema_version().value_or(0), embedded_migrations().back().number);
}

TEST_F(OpenTest, password_is_never_shown) {
  const std::string with_password =
      "postgresql://postroom:s3cret@127.0.0.1:" + std::to_string(server_->port()) + "/" + name_;
  auto database = open_at(with_password);
  ASSERT_TRUE(database.has_value()) << database.error().message;
  EXPECT_EQ((*database)->description(), "PostgreSQL " + url_);
  EXPECT_EQ(Connector::describe_url("postgresql://h/d?user=u&password=s3cret"), "postgresql://u@h/d");
}

TEST_F(OpenTest, bad_urls) {
  for (const char* url :
       {"", "mysql://x/y", "host=127.0.0.1", "postgresql://u:s3cret@h:port:7/d", "postgresql://%zz/s3cret"}) {
    expect_error(url, ErrorKind::invalid_input, {"postgresql://user:password@host:5432/name"});
  }
}

TEST_F(OpenTest, nobody_listens) {
  const auto start = Steady::now();
  expect_error("postgresql://u:s3cret@127.0.0.1:1/d", ErrorKind::retry_later,
               {"postgresql://u@127.0.0.1:1/d", "refused", "check that the server runs"});
  EXPECT_LT(Steady::now() - start, 5s);
}

TEST_F(OpenTest, absent_database) {
  expect_error(server_->url("none"), ErrorKind::retry_later, {"\"none\" does not exist", "store.url"});
}

TEST_F(OpenTest, user_without_rights_is_told_the_remedy) {
  Connection admin(server_->url(name_));
  admin.script("CREATE ROLE guest LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  expect_error("postgresql://guest@127.0.0.1:" + std::to_string(server_->port()) + "/" + name_, ErrorKind::rejected,
               {"permission denied", "GRANT CREATE ON SCHEMA public"});
}

TEST_F(OpenTest, other_encoding_is_refused) {
  Connection(server_->url()).script("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");
  expect_error(server_->url("latin"), ErrorKind::rejected, {"LATIN1", "must be UTF8", "createdb --encoding=UTF8"});
}

TEST_F(OpenTest, other_programs_database_is_left_alone) {
  Connection connection(url_);
  connection.script("CREATE TABLE recipes (name text)");
  expect_error(url_, ErrorKind::rejected, {"another program's table 'recipes'", "database of its own"});
  EXPECT_FALSE(connection.query("SELECT 1 FROM pg_tables WHERE tablename = 'schema_migration'").next());
}

TEST_F(OpenTest, newer_schema_is_refused) {
  ASSERT_TRUE(open_at(url_).has_value());
  Connection(url_).script("INSERT INTO schema_migration VALUES (9999, '9999_future.sql', 'x', 0)");
  expect_error(url_, ErrorKind::rejected, {"9999_future.sql", "newer postroom"});
}

TEST_F(OpenTest, changed_migration_is_refused) {
  ASSERT_TRUE(open_at(url_).has_value());
  Connection(url_).script("UPDATE schema_migration SET checksum = 'other' WHERE number = 1");
  expect_error(url_, ErrorKind::corrupt, {"0001_stores.sql", "another text"});
}

TEST_F(OpenTest, failed_migration_changes_nothing) {
  Connection connection(url_);
  std::vector<Migration> migrations{{1, "0001_a.sql", "CREATE TABLE a (x int)"},
                                    {2, "0002_b.sql", "CREATE TABLE b (x int); CREATE TABLE a (x int)"}};
  EXPECT_THROW((void)migrate(connection, migrations, clock_), DatabaseError);
  EXPECT_EQ(schema_version(connection), 1);
  EXPECT_FALSE(connection.query("SELECT 1 FROM pg_tables WHERE tablename = 'b'").next());
  migrations[1].sql = "CREATE TABLE b (x int); CREATE TABLE c (x int)";
  EXPECT_TRUE(migrate(connection, migrations, clock_).has_value());
  EXPECT_TRUE(migrate(connection, migrations, clock_).has_value());
  EXPECT_EQ(schema_version(connection), 2);
}

TEST_F(OpenTest, migrations_are_numbered_without_gaps) {
  store_common::expect_numbered(embedded_migrations(), "postgres");
}

TEST_F(OpenTest, processes_that_start_together_migrate_once) {
  std::atomic<int> opened = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      auto database = open_at(url_);
      if (database)
        ++opened;
      else
        ADD_FAILURE() << database.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, 6);
}

TEST_F(OpenTest, a_task_of_one_process_wakes_a_worker_of_another) {
  auto one = *open_at(url_), other = *open_at(url_);
  ASSERT_TRUE(other->tasks().claim("send", 1, clock_.now(), 1min, "w").has_value());
  std::this_thread::sleep_for(300ms);  // the other listens by now
  std::vector<double> waits;
  for (int i = 0; i < 3; ++i) {
    while (!other->tasks().claim("send", 9, clock_.now(), 1min, "w")->empty()) continue;
    std::thread producer([&] {
      std::this_thread::sleep_for(50ms);
      EXPECT_TRUE(one->notifications().accept(an_acceptance()).has_value());
    });
    const auto start = Steady::now();
    std::size_t got = 0;
    while (got == 0 && Steady::now() - start < 20s) {
      other->tasks().wait("send", 20s);
      got = other->tasks().claim("send", 9, clock_.now(), 1min, "w")->size();
    }
    waits.push_back(std::chrono::duration<double>(Steady::now() - start).count());
    producer.join();
    EXPECT_EQ(got, 1U);
  }
  // Woken, not polled: a poll alone takes a second each time.
  EXPECT_LT(*std::ranges::min_element(waits), 0.9);
}

// What the database refuses fails alone, whoever shares its commit.
TEST_F(OpenTest, a_refused_value_fails_its_caller_only) {
  auto database = *open_at(url_);
  std::atomic<int> good = 0, bad = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) {
        ports::Acceptance mine = an_acceptance();
        // Too long for the index on the references of letters.
        if (i == 0) mine.notification.reference = to_hex(random_.bytes(8'000));
        auto accepted = database->notifications().accept(mine);
        if (accepted)
          ++good;
        else if (accepted.error().kind == ErrorKind::invalid_input)
          ++bad;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 7 * 20);
  EXPECT_EQ(bad, 20);
}

TEST_F(OpenTest, text_that_postgres_cannot_hold_is_repaired) {
  auto database = *open_at(url_);
  ports::Acceptance mine = an_acceptance();
  mine.notification.has_client_reference = true;
  mine.notification.client_reference = std::string("a\0b\xFF", 4);
  ASSERT_TRUE(database->notifications().accept(mine).has_value());
  EXPECT_EQ(database->notifications().find(mine.notification.id)->client_reference, "a\uFFFDb\uFFFD");
  auto listed = database->notifications().list(
      {.service_id = mine.notification.service_id, .client_reference = mine.notification.client_reference});
  ASSERT_TRUE(listed.has_value()) << listed.error().message;
  EXPECT_EQ(listed->size(), 1U);
}

TEST_F(OpenTest, a_reference_of_a_thousand_wide_characters_is_found) {
  auto database = *open_at(url_);
  ports::Acceptance mine = an_acceptance();
  mine.notification.has_client_reference = true;
  for (int i = 0; i < 1'000; ++i)
    append_utf8(mine.notification.client_reference, static_cast<char32_t>(0x10000 + i * 7));
  auto accepted = database->notifications().accept(mine);
  ASSERT_TRUE(accepted.has_value()) << accepted.error().message;
  EXPECT_EQ(database->notifications()
                .list({.service_id = mine.notification.service_id,
                       .client_reference = mine.notification.client_reference})
                ->size(),
            1U);
}

TEST_F(OpenTest, a_server_that_stops_gives_retry_later_quickly_and_is_found_again) {
  auto database = *open_at(url_);
  const ports::Acceptance before = an_acceptance();
  ASSERT_TRUE(database->notifications().accept(before).has_value());
  for (const bool is_crash : {false, true}) {
    if (is_crash)
      server_->crash();
    else
      server_->stop();
    const auto start = Steady::now();
    auto accepted = database->notifications().accept(an_acceptance());
    auto found = database->notifications().find(before.notification.id);
    auto put = database->state().put("x", "1");
    ASSERT_FALSE(accepted.has_value() || found.has_value() || put.has_value() || database->ping().has_value());
    EXPECT_EQ(accepted.error().kind, ErrorKind::retry_later);
    EXPECT_EQ(found.error().kind, ErrorKind::retry_later);
    EXPECT_EQ(put.error().kind, ErrorKind::retry_later);
    EXPECT_THAT(accepted.error().message, HasSubstr(url_));
    EXPECT_LT(Steady::now() - start, 2s);
    ASSERT_TRUE(server_->launch());
    EXPECT_TRUE(recovers([&] { return database->notifications().accept(an_acceptance()); }));
    EXPECT_TRUE(recovers([&] { return database->notifications().find(before.notification.id); }));
    EXPECT_TRUE(recovers([&] { return database->state().put("x", "2"); }));
  }
}

// What was answered with success is there, whatever happens to the server in between.
TEST_F(OpenTest, nothing_accepted_is_lost_when_the_server_crashes_under_load) {
  auto database = *open_at(url_);
  std::mutex mutex;
  std::vector<NotificationId> accepted;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        const ports::Acceptance mine = an_acceptance();
        if (auto result = database->notifications().accept(mine)) {
          std::lock_guard lock(mutex);
          accepted.push_back(mine.notification.id);
        } else {
          EXPECT_EQ(result.error().kind, ErrorKind::retry_later) << result.error().message;
        }
      }
    });
  }
  for (int round = 0; round < 2; ++round) {
    std::this_thread::sleep_for(200ms);
    server_->crash();
    ASSERT_TRUE(server_->launch());
  }
  std::this_thread::sleep_for(600ms);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(accepted.size(), 100U);
  for (std::size_t i = 0; i < accepted.size(); i += 500) {
    const auto part = std::span(accepted).subspan(i, std::min<std::size_t>(500, accepted.size() - i));
    EXPECT_EQ(database->notifications().find_all(part)->size(), part.size());
  }
}

}  // namespace
}  // namespace postroom::postgres
