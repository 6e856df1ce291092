// Every row of tests/data/public-api-cases.json against the whole API in one process, over SQLite: router,
// authentication, validation, flows and store. Each row meets a fresh copy of the same world.
#include <gtest/gtest.h>

#include <fmt/core.h>
#include <filesystem>

#include "adapters/sqlite/open.h"
#include "api/public_api.h"
#include "case_file.h"
#include "core/recipients/bank_holidays.h"
#include "flows/send/limit_gate.h"
#include "world.h"

namespace postroom::api {
namespace {

namespace fs = std::filesystem;

struct Skip {
  std::string_view prefix;
  std::string_view reason;
};
// Rows about parts of the product that do not exist yet.
constexpr Skip kSkips[] = {
    {"limit-01", "limits per minute"},
    {"limit-04", "limits per minute"},
    {"limit-05", "limits per minute"},
    {"limit-06", "limits per minute"},
    {"limit-08", "limits per day"},
    {"limit-09", "limits per day"},
    {"limit-11", "limits per day"},
    {"limit-12", "limits per day"},
    {"dvla-", "the print house's status callback"},
    {"mmg-", "receipts of text message providers"},
    {"firetext-", "receipts of text message providers"},
    {"inbound-mmg", "received text messages"},
    {"inbound-firetext", "received text messages"},
    {"unsub-", "unsubscribing"},
};

std::string_view skip_reason(std::string_view name) {
  for (const Skip& skip : kSkips) {
    if (name.starts_with(skip.prefix)) return skip.reason;
  }
  return {};
}

// A whole API over one database file.
class Installation {
 public:
  Installation(const std::string& path, const KeyRing& ring, const TimeZone& zone)
      : ring_(ring), zone_(zone), database_(open(path)), templates_(database_->templates(), clock_) {
    add_public_api(router_, api_);
  }

  ports::Database& database() { return *database_; }
  api_cases::MemoryBlobs& blobs() { return blobs_; }
  const Clock& clock() const { return clock_; }
  Random& random() { return random_; }

  api_cases::CaseAnswer send(const api_cases::CaseRequest& asked) {
    http::Request request;
    request.method = asked.method;
    request.target = asked.target;
    auto mark = asked.target.find('?');
    request.path = asked.target.substr(0, mark);
    if (mark != std::string::npos)
      request.query = http::parse_query(std::string_view(asked.target).substr(mark + 1));
    request.headers = asked.headers;
    request.body = asked.body;
    http::Response response = router_.dispatch(request);
    return {.status = response.status, .body = std::move(response.body)};
  }

 private:
  std::unique_ptr<ports::Database> open(const std::string& path) {
    auto opened = sqlite::open({.path = path, .key_ring = ring_, .random = random_, .clock = clock_});
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }

  const KeyRing& ring_;
  const TimeZone& zone_;
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<ports::Database> database_;
  flows::TemplateCache templates_;
  api_cases::MemoryBlobs blobs_;
  api_cases::FakeDocuments documents_;
  flows::NoLimits limits_;
  flows::LetterFiles letter_files_{blobs_, letters::PrintCalendar{.zone = zone_}};
  flows::SendContext send_{.template_store = database_->templates(),
                           .notifications = database_->notifications(),
                           .blobs = blobs_,
                           .templates = templates_,
                           .limits = limits_,
                           .documents = &documents_,
                           .clock = clock_,
                           .random = random_,
                           .options = {}};
  auth::Authenticator authenticator_{database_->services(), clock_};
  PublicApi api_{.authenticator = authenticator_,
                 .send = send_,
                 .letter_files = letter_files_,
                 .wire = {.base_url = "https://api.example.org",
                          .zone = zone_,
                          .holidays = recipients::BankHolidays::england_and_wales()}};
  http::Router router_;
};

TEST(ApiCases, EveryRowAnswersAsItMust) {
  const fs::path folder = fs::temp_directory_path() / ("postroom-api-cases-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  SystemRandom random;
  auto ring = KeyRing::parse(KeyRing::generate(random));
  auto zone = TimeZone::load("Europe/London");
  ASSERT_TRUE(ring && zone);

  const fs::path original = folder / "world.db";
  api_cases::World world;
  {
    Installation installation(original.string(), *ring, *zone);
    world = api_cases::build_world(installation.database(), random, installation.clock().now());
  }

  int passed = 0;
  int failed = 0;
  std::map<std::string_view, int> skipped;
  json::array rows = api_cases::read_case_file(POSTROOM_SOURCE_DIR "/tests/data/public-api-cases.json");
  for (const json::value& row : rows) {
    api_cases::Case one(row.as_object(), world.names());
    if (auto reason = skip_reason(one.name()); !reason.empty()) {
      ++skipped[reason];
      continue;
    }
    const fs::path copy = folder / "case.db";
    fs::copy_file(original, copy, fs::copy_options::overwrite_existing);
    {
      Installation installation(copy.string(), *ring, *zone);
      api_cases::store_pdfs(installation.database(), installation.blobs(), world);
      api_cases::CaseRequest request = one.request(installation.clock().now());
      api_cases::CaseAnswer answer;
      for (int i = 0; i < request.repeat; ++i) answer = installation.send(request);
      auto faults = one.judge(answer);
      faults.empty() ? ++passed : ++failed;
      for (const std::string& fault : faults) ADD_FAILURE() << one.name() << ": " << fault;
    }
    fs::remove(copy);
    fs::remove(copy.string() + "-wal");
    fs::remove(copy.string() + "-shm");
  }
  for (const auto& [reason, count] : skipped) fmt::print("skipped {}: {}\n", count, reason);
  fmt::print("{} of {} passed\n", passed, passed + failed);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace postroom::api
