// The writer: many callers in one commit, one caller's failure is nobody else's, and what is pending when it
// stops is finished.
#include "adapters/sqlite/writer.h"

#include <gtest/gtest.h>

#include <thread>

#include "adapters/sqlite/reader_pool.h"
#include "adapters/sqlite/temporary_folder.h"

namespace postroom::sqlite {
namespace {

class WriterTest : public testing::Test {
 protected:
  void SetUp() override {
    auto connection = std::make_unique<Connection>(path_, Connection::Mode::read_write_create);
    connection->query("PRAGMA journal_mode = WAL").next();
    connection->script("CREATE TABLE t (x INTEGER PRIMARY KEY)");
    writer_ = std::make_unique<Writer>(std::move(connection), signals_);
  }
  Result<void> insert(std::int64_t x) {
    return writer_->run([&](Transaction& transaction) -> Result<void> {
      transaction.connection.run("INSERT INTO t VALUES (?1)", x);
      return {};
    });
  }
  Result<void> insert_then_fail(std::int64_t x) {
    return writer_->run([&](Transaction& transaction) -> Result<void> {
      transaction.connection.run("INSERT INTO t VALUES (?1)", x);
      return fail(ErrorKind::rejected, "on purpose");
    });
  }
  std::int64_t count() {
    return *readers_.run([](Connection& connection) -> Result<std::int64_t> {
      Cursor row = connection.query("SELECT count(*) FROM t");
      row.next();
      return row.integer();
    });
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "w.db";
  TaskSignals signals_;
  ReaderPool readers_{path_};
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, gives_back_values_and_errors) {
  EXPECT_EQ(writer_->run([](Transaction&) -> Result<std::string> { return "x"; }).value_or(""), "x");
  EXPECT_TRUE(insert(1).has_value());
  EXPECT_EQ(insert(1).error().kind, ErrorKind::conflict);  // the primary key
  auto broken = writer_->run([](Transaction& transaction) -> Result<void> {
    transaction.connection.run("INSERT INTO nowhere VALUES (1)");
    return {};
  });
  EXPECT_EQ(broken.error().kind, ErrorKind::internal);
  EXPECT_EQ(count(), 1);
}

TEST_F(WriterTest, work_that_fails_leaves_nothing) {
  EXPECT_EQ(insert_then_fail(1).error().kind, ErrorKind::rejected);
  auto thrown = writer_->run([](Transaction& transaction) -> Result<void> {
    transaction.connection.run("INSERT INTO t VALUES (1)");
    throw std::runtime_error("a bug");
  });
  EXPECT_EQ(thrown.error().kind, ErrorKind::internal);
  EXPECT_EQ(count(), 0);
}

TEST_F(WriterTest, failures_among_many_spoil_nobody) {
  constexpr int kThreads = 16;
  constexpr int kRounds = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        const std::int64_t x = t * 1'000 + i;
        if (i % 5 == 0)
          EXPECT_FALSE(insert_then_fail(x).has_value());
        else
          EXPECT_TRUE(insert(x).has_value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count(), kThreads * kRounds * 4 / 5);
}

TEST_F(WriterTest, more_callers_than_fit_one_commit_are_all_served) {
  constexpr int kThreads = static_cast<int>(kWritesPerCommitMax) + 100;
  // The first piece holds the writer until everyone has come.
  std::atomic<int> arrived = 0;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    (void)writer_->run([&](Transaction&) -> Result<void> {
      while (arrived < kThreads) std::this_thread::yield();
      return {};
    });
  });
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      ++arrived;
      EXPECT_TRUE(insert(t).has_value());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count(), kThreads);
}

TEST_F(WriterTest, readers_see_the_last_commit_while_the_writer_works) {
  ASSERT_TRUE(insert(1).has_value());
  std::atomic<bool> inserted = false, looked = false;
  std::thread slow([&] {
    (void)writer_->run([&](Transaction& transaction) -> Result<void> {
      transaction.connection.run("INSERT INTO t VALUES (2)");
      inserted = true;
      while (!looked) std::this_thread::yield();
      return {};
    });
  });
  while (!inserted) std::this_thread::yield();
  EXPECT_EQ(count(), 1);
  looked = true;
  slow.join();
  EXPECT_EQ(count(), 2);
}

TEST_F(WriterTest, readers_cannot_write) {
  auto written = readers_.run([](Connection& connection) -> Result<void> {
    connection.run("INSERT INTO t VALUES (1)");
    return {};
  });
  EXPECT_FALSE(written.has_value());
}

TEST_F(WriterTest, more_readers_than_connections_wait_for_their_turn) {
  std::vector<std::thread> threads;
  std::atomic<int> served = 0;
  for (std::size_t t = 0; t < 4 * kReadersMax; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) served += count() == 0 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, static_cast<int>(4 * kReadersMax * 10));
}

TEST_F(WriterTest, number_that_stands_for_no_enumerator_is_corrupt) {
  Connection connection(path_, Connection::Mode::read_only);
  Cursor row = connection.query("SELECT 2, 3");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.enumerator<notifications::NotificationType>(), notifications::NotificationType::letter);
  try {
    row.enumerator<notifications::NotificationType>();
    ADD_FAILURE() << "3 stands for nothing";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  }
}

TEST_F(WriterTest, statement_inside_itself_is_a_bug) {
  Connection connection(path_, Connection::Mode::read_only);
  ASSERT_TRUE(insert(1).has_value());
  Cursor outer = connection.query("SELECT x FROM t");
  ASSERT_TRUE(outer.next());
  EXPECT_THROW(connection.query("SELECT x FROM t"), std::logic_error);
}

TEST_F(WriterTest, statements_beyond_the_limit_are_prepared_again) {
  Connection connection(path_, Connection::Mode::read_only);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < kPreparedStatementsMax + 10; ++i) {
      Cursor row = connection.query("SELECT " + std::to_string(i));
      ASSERT_TRUE(row.next());
      EXPECT_EQ(row.integer(), static_cast<std::int64_t>(i));
    }
  }
}

}  // namespace
}  // namespace postroom::sqlite
