// PostgreSQL: one temporary server for the program, one database for each test.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

#include "../peers/postgres_server.h"
#include "adapters/postgres/connection.h"
#include "adapters/postgres/open.h"
#include "backend.h"

namespace postroom::contract {
namespace {

namespace fs = std::filesystem;
using postgres::Connection;
using tests::PostgresServer;

constexpr int kConnections = 8;

// Started at the first use; stops at the program's end.
struct SharedServer {
  SharedServer() : server(PostgresServer::start(why)) {}
  std::string why;
  std::unique_ptr<PostgresServer> server;
  std::atomic<int> databases = 0;
};
SharedServer& shared_server() {
  static SharedServer shared;
  return shared;
}

class PostgresBackend final : public Backend {
 public:
  PostgresBackend() : name_("test" + std::to_string(++shared_server().databases)) {
    administer("CREATE DATABASE " + name_ + " STRATEGY file_copy");
  }
  ~PostgresBackend() override { administer("DROP DATABASE " + name_ + " WITH (FORCE)"); }

  std::unique_ptr<ports::Database> open(const KeyRing& key_ring, Random& random, const Clock& clock) override {
    auto opened = postgres::open({.url = server().url(name_),
                                  .connections = kConnections,
                                  .key_ring = key_ring,
                                  .random = random,
                                  .clock = clock});
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }

  // The write-ahead log too, which holds every test's rows: their secrets are none either.
  std::string raw_bytes() override {
    administer("CHECKPOINT");
    Connection connection(server().url(name_));
    postgres::Rows row = connection.query("SELECT oid::bigint FROM pg_database WHERE datname = current_database()");
    row.next();
    std::string out;
    for (const fs::path& folder : {fs::path("base") / std::to_string(row.integer()), fs::path("pg_wal")}) {
      for (const auto& entry : fs::directory_iterator(server().data() / folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        out.append(std::istreambuf_iterator<char>(file), {});
      }
    }
    return out;
  }

  void damage(Sealed column) override {
    switch (column) {
      case Sealed::personal: return flip("notification", "personal");
      case Sealed::key_secret: return flip("api_key", "secret");
      case Sealed::template_document: return flip("template", "document");
      case Sealed::task_payload: return flip("task", "payload");
    }
  }

 private:
  static PostgresServer& server() { return *shared_server().server; }
  static void administer(const std::string& sql) { Connection(server().url()).script(sql); }

  // The last byte belongs to the authentication tag.
  void flip(const std::string& table, const std::string& column) {
    const std::string last = "length(" + column + ") - 1";
    Connection(server().url(name_))
        .script("UPDATE " + table + " SET " + column + " = set_byte(" + column + ", " + last + ", get_byte(" +
                column + ", " + last + ") # 1)");
  }

  std::string name_;
};

const bool registered = register_backend("postgres", [] {
  if (!shared_server().server) return BackendOrReason(Unavailable{shared_server().why});
  return BackendOrReason(std::make_unique<PostgresBackend>());
});

}  // namespace
}  // namespace postroom::contract
