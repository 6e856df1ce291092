// Throughput of a store. Prints a JSON line for each measure: name, value, unit.
//
//   bench_store [FOLDER | postgres | postgresql://…] [SECONDS] [CONNECTIONS]
//
// FOLDER, for SQLite, should lie on the disk that is to be measured (default: the current one); every commit is
// synced. "postgres" starts a server of its own with the defaults of durability in the temporary folder (TMPDIR);
// a URL must be of an empty database.
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>
#include <vector>

#include "../tests/peers/postgres_server.h"
#include "adapters/postgres/open.h"
#include "adapters/sqlite/open.h"
#include "base/text.h"

namespace {

using namespace postroom;
using Steady = std::chrono::steady_clock;

constexpr int kTasksClaimedAtOnce = 100;
constexpr int kMovesAtOnce = 100;
constexpr int kImportedAtOnce = 1'000;
constexpr int kTasksToClaim = 200'000;

constexpr int kPostgresConnections = 8;

struct Bench {
  Bench(const std::string& place, double run_seconds, int postgres_connections)
      : connections(postgres_connections), seconds(run_seconds) {
    auto opened = open(place);
    if (!opened) {
      fmt::print(stderr, "{}\n", opened.error().message);
      std::exit(1);
    }
    database = std::move(*opened);
  }
  ~Bench() {
    database.reset();
    remove_files();
  }
  Result<std::unique_ptr<ports::Database>> open(const std::string& place) {
    if (place != "postgres" && !place.starts_with("postgresql://")) {
      path = place + "/bench-store.db";
      remove_files();
      return sqlite::open({.path = path, .key_ring = ring, .random = random, .clock = clock});
    }
    backend = "postgres";
    std::string url = place;
    if (place == "postgres") {
      std::string why;
      server = tests::PostgresServer::start(why, {.is_durable = true});
      if (!server) return fail(ErrorKind::retry_later, why);
      url = server->url();
    }
    return postgres::open(
        {.url = url, .connections = connections, .key_ring = ring, .random = random, .clock = clock});
  }
  void remove_files() const {
    if (path.empty()) return;
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(path + suffix);
  }

  SystemClock clock;
  SystemRandom random;
  KeyRing ring = *KeyRing::parse(KeyRing::generate(random));
  ServiceId service{Uuid::random(random)};
  TemplateId template_id{Uuid::random(random)};
  std::string backend = "sqlite";
  std::string path;  // SQLite's; else empty
  std::unique_ptr<tests::PostgresServer> server;
  int connections;
  double seconds;
  std::unique_ptr<ports::Database> database;
};

// As the accept path makes them: a client reference, two personal values, about 600 bytes of row.
ports::Acceptance an_acceptance(Bench& bench, int serial, bool lean) {
  ports::Acceptance out;
  notifications::Notification& n = out.notification;
  n.created_at = bench.clock.now();
  n.id = NotificationId(Uuid::time_ordered(n.created_at, bench.random));
  n.service_id = bench.service;
  n.template_id = bench.template_id;
  n.billable_units = 1;
  n.phone_prefix = "44";
  if (!lean) {
    n.to = fmt::format("07900 9{:05}", serial % 100'000);
    n.normalised_to = fmt::format("4479009{:05}", serial % 100'000);
    n.client_reference = fmt::format("case-{}", serial);
    n.has_client_reference = true;
    n.personalisation =
        R"({"name":"Ann Example","address":"1 High Street, Example Town","due":"2026-03-02","amount":"12.50"})";
  }
  ports::NewTask task;
  task.queue = "send-sms";
  task.kind = "deliver-sms";
  task.subject = n.id.text();
  task.run_at = n.created_at;
  out.tasks.push_back(std::move(task));
  return out;
}

void report(const Bench& bench, const std::string& name, double value, const char* unit) {
  fmt::print(R"({{"name":"store.{}.{}","value":{:.1f},"unit":"{}"}})"
             "\n",
             bench.backend, name, value, unit);
  std::fflush(stdout);
}

// Runs `step` on `threads` threads until the time is over; `step` returns how many things it did, 0 to stop.
double rate_of(const Bench& bench, int threads, const std::function<int(int)>& step) {
  std::atomic<std::int64_t> total = 0;
  const auto start = Steady::now();
  const auto end = start + std::chrono::duration<double>(bench.seconds);
  std::vector<std::thread> pool;
  for (int i = 0; i < threads; ++i) {
    pool.emplace_back([&, i] {
      while (Steady::now() < end) {
        const int done = step(i);
        if (done == 0) return;
        total += done;
      }
    });
  }
  for (std::thread& thread : pool) thread.join();
  return static_cast<double>(total) / std::chrono::duration<double>(Steady::now() - start).count();
}

// The share `part` of the waits was no longer than this.
double quantile(std::vector<double>& sorted_waits, double part) {
  if (sorted_waits.empty()) return 0;
  return sorted_waits[static_cast<std::size_t>(part * static_cast<double>(sorted_waits.size() - 1))];
}

void bench_accept(Bench& bench, bool lean) {
  std::atomic<int> serial = 0;
  for (int threads : {1, 8, 64}) {
    std::vector<std::vector<double>> waits_of(static_cast<std::size_t>(threads));  // milliseconds
    const double rate = rate_of(bench, threads, [&](int thread) {
      const ports::Acceptance acceptance = an_acceptance(bench, serial++, lean);
      const auto start = Steady::now();
      const bool stored = bench.database->notifications().accept(acceptance).has_value();
      waits_of[static_cast<std::size_t>(thread)].push_back(
          std::chrono::duration<double, std::milli>(Steady::now() - start).count());
      return stored ? 1 : 0;
    });
    std::vector<double> waits;
    for (const auto& some : waits_of) waits.insert(waits.end(), some.begin(), some.end());
    std::ranges::sort(waits);
    const std::string name = fmt::format("accept{}_{}_threads", lean ? "_lean" : "", threads);
    report(bench, name, rate, "rows/s");
    report(bench, name + "_p50", quantile(waits, 0.5), "ms");
    report(bench, name + "_p99", quantile(waits, 0.99), "ms");
    report(bench, name + "_p999", quantile(waits, 0.999), "ms");
  }
}

std::vector<NotificationId> bench_import(Bench& bench) {
  std::vector<NotificationId> ids;
  int serial = 0;
  const double rate = rate_of(bench, 1, [&](int) {
    std::vector<ports::Acceptance> batch;
    for (int i = 0; i < kImportedAtOnce; ++i) {
      batch.push_back(an_acceptance(bench, serial++, false));
      ids.push_back(batch.back().notification.id);
    }
    return bench.database->notifications().accept_all(batch) ? kImportedAtOnce : 0;
  });
  report(bench, "accept_all_1000", rate, "rows/s");
  return ids;
}

void bench_claim(Bench& bench, int threads) {
  std::vector<ports::NewTask> batch(kImportedAtOnce);
  for (ports::NewTask& task : batch) {
    task.queue = "send-sms";
    task.kind = "deliver-sms";
    task.subject = Uuid::random(bench.random).text();
    task.run_at = bench.clock.now();
  }
  for (int i = 0; i < kTasksToClaim / kImportedAtOnce; ++i) {
    if (!bench.database->tasks().enqueue(batch)) return;
  }
  const double rate = rate_of(bench, threads, [&](int) {
    ports::TaskQueue& tasks = bench.database->tasks();
    auto claimed =
        tasks.claim("send-sms", kTasksClaimedAtOnce, bench.clock.now(), std::chrono::minutes(1), "bench");
    if (!claimed) return 0;
    std::vector<ports::TaskSettlement> done;
    for (const auto& task : *claimed) done.push_back({.id = task.id, .attempt = task.attempt});
    return tasks.settle(done) ? static_cast<int>(done.size()) : 0;
  });
  report(bench, fmt::format("claim_settle_{}_threads", threads), rate, "tasks/s");
}

void bench_moves(Bench& bench, const std::vector<NotificationId>& ids) {
  std::size_t next = 0;
  const double rate = rate_of(bench, 1, [&](int) {
    std::vector<ports::StatusMove> moves;
    for (int i = 0; i < kMovesAtOnce && next < ids.size(); ++i) {
      moves.push_back({.id = ids[next++],
                       .from = {notifications::NotificationStatus::created},
                       .to = notifications::NotificationStatus::sending,
                       .at = bench.clock.now(),
                       .cause = "provider.accepted",
                       .detail = "",
                       .sent_at = bench.clock.now(),
                       .sent_by = "sandbox",
                       .provider_reference = "ref"});
    }
    return bench.database->notifications().move_all(moves) ? static_cast<int>(moves.size()) : 0;
  });
  report(bench, "move_all_100", rate, "moves/s");
}

void bench_reads(Bench& bench, const std::vector<NotificationId>& ids) {
  for (int threads : {1, 8}) {
    std::atomic<std::size_t> next = 0;
    const double rate = rate_of(bench, threads, [&](int) {
      return bench.database->notifications().find(ids[next++ * 7919 % ids.size()]) ? 1 : 0;
    });
    report(bench, fmt::format("find_{}_threads", threads), rate, "rows/s");
  }
  const double pages = rate_of(
      bench, 1, [&](int) { return bench.database->notifications().list({.service_id = bench.service}) ? 1 : 0; });
  report(bench, "list_250", pages, "pages/s");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string place = argc > 1 ? argv[1] : ".";
  const double seconds = argc > 2 ? parse_int<int>(argv[2]).value_or(3) : 3;
  const int connections = argc > 3 ? parse_int<int>(argv[3]).value_or(kPostgresConnections) : kPostgresConnections;
  if (!place.starts_with("postgresql://")) {
    Bench lean(place, seconds, connections);
    bench_accept(lean, true);
  }
  Bench bench(place, seconds, connections);
  bench_accept(bench, false);
  const auto ids = bench_import(bench);
  bench_reads(bench, ids);
  bench_moves(bench, ids);
  for (int threads : {1, 4}) bench_claim(bench, threads);
}
