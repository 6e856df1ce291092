// SQLite is always there.
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/sqlite/open.h"
#include "backend.h"

namespace postroom::contract {
namespace {

namespace fs = std::filesystem;

class SqliteBackend final : public Backend {
 public:
  SqliteBackend() {
    std::string pattern = (fs::temp_directory_path() / "postroom-contract-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    folder_ = pattern;
  }
  ~SqliteBackend() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::unique_ptr<ports::Database> open(const KeyRing& key_ring, Random& random, const Clock& clock) override {
    auto opened = sqlite::open({.path = path(), .key_ring = key_ring, .random = random, .clock = clock});
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }

  std::string raw_bytes() override {
    std::ostringstream out;
    for (const auto& entry : fs::directory_iterator(folder_))
      out << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    return out.str();
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
  std::string path() const { return (folder_ / "postroom.db").string(); }

  // The last byte belongs to the authentication tag.
  void flip(const std::string& table, const std::string& column) {
    sqlite3* database = nullptr;
    sqlite3_open(path().c_str(), &database);
    // Changed, whatever it was: the hexadecimal digits of the last byte are replaced by other ones.
    const std::string sql = "UPDATE " + table + " SET " + column + " = CAST(substr(" + column + ", 1, length(" +
                            column + ") - 1) || CASE WHEN hex(substr(" + column +
                            ", -1)) = '00' THEN x'01' ELSE x'00' END AS BLOB)";
    const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
    sqlite3_close(database);
    if (code != SQLITE_OK) throw std::runtime_error("cannot damage " + table + "." + column);
  }

  fs::path folder_;
};

const bool registered =
    register_backend("sqlite", [] { return BackendOrReason(std::make_unique<SqliteBackend>()); });

}  // namespace
}  // namespace postroom::contract
