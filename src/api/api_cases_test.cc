// Every row of tests/data/public-api-cases.json against the whole API in one process, over SQLite: router,
// authentication, validation, flows and store. Each row meets a fresh copy of the same world.
#include <gtest/gtest.h>

#include <fmt/core.h>
#include <filesystem>

#include "adapters/sqlite/open.h"
#include "api/public_api.h"
#include "api/receipts/receipts_api.h"
#include "case_file.h"
#include "core/recipients/bank_holidays.h"
#include "flows/limits/limits.h"
#include "world.h"

namespace postroom::api {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInboundPair = "mmg:secret-of-the-world";

// Nothing here is meant to reach the outside.
class NoClient final : public ports::HttpClient {
 public:
  Result<ports::HttpResponse> send(const ports::HttpRequest&) override {
    return fail(ErrorKind::retry_later, "there is no network here");
  }
};
class NoDesk final : public ports::TicketDesk {
 public:
  std::string_view name() const override { return "none"; }
  Result<void> raise(const ports::Ticket&) override { return {}; }
};

// The addresses of providers: receipts open to all, received texts for who knows the pair.
struct Receiving {
  Receiving(ports::Database& database, const KeyRing& ring, const TimeZone& zone, const Clock& clock,
            Random& random)
      : letter_tokens(ring, kLetterTokenSalt),
        callbacks(database.services()),
        receipts(database.notifications(), callbacks, clock),
        sms(database.tasks(), receipts, database.providers(), clock),
        email({database.tasks(), database.notifications(), database.email_reports(), client, clock, random},
              receipts, callbacks),
        letters({database.tasks(), database.notifications(), database.letters(), desk, clock, zone}, false, "test"),
        inbound({database.inbound(), database.services(), clock, zone, random}, 7) {
    auto pair = auth::BasicCredentials::parse(kInboundPair);
    api.doors = {.mmg_receipts = {{}, true},
                 .firetext_receipts = {{}, true},
                 .mmg_texts = {*pair, true},
                 .firetext_texts = {*pair, true}};
  }

  NoClient client;
  NoDesk desk;
  ValueSigner letter_tokens;
  flows::DeliveryCallbacks callbacks;
  flows::ReceiptFlow receipts;
  flows::SmsReceipts sms;
  flows::EmailReports email;
  flows::LetterReports letters;
  flows::InboundSms inbound;
  SystemClock clock;
  flows::SnsVerifier sns{client, clock};
  ReceiptsApi api{.sms = sms,
                  .inbound = inbound,
                  .email = email,
                  .letters = letters,
                  .sns = sns,
                  .letter_tokens = letter_tokens,
                  .doors = {},
                  .ses_topics = {}};
};

// A whole API over one database file.
class Installation {
 public:
  Installation(const std::string& path, const KeyRing& ring, const TimeZone& zone)
      : ring_(ring), zone_(zone), database_(open(path)), templates_(database_->templates(), clock_) {
    api_.inbound = &database_->inbound();
    api_.unsubscribe = &unsubscribe_;
    api_.unsubscribe_links = &unsubscribe_links_;
    add_public_api(router_, api_);
    add_receipts_api(router_, receiving_.api);
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
  flows::Limits limits_{database_->limits(), clock_, clock_};
  flows::LetterFiles letter_files_{blobs_, letters::PrintCalendar{.zone = zone_}};
  flows::SendContext send_{.template_store = database_->templates(),
                           .notifications = database_->notifications(),
                           .blobs = blobs_,
                           .templates = templates_,
                           .limits = limits_,
                           .documents = &documents_,
                           .answers = &database_->answers(),
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
  const std::string base_url_ = "https://api.example.org";
  LinkTokens tokens_ = LinkTokens::of_ring(ring_, "unsubscribe");
  flows::UnsubscribeLinks unsubscribe_links_{tokens_, base_url_, base_url_, clock_, random_};
  flows::UnsubscribeFlow unsubscribe_{unsubscribe_links_, database_->notifications(), database_->services(),
                                      database_->unsubscribes(), clock_};
  Receiving receiving_{*database_, ring_, zone_, clock_, random_};
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
    auto letter = NotificationId::parse(world.values.at("live/n.letter_sending_pdf"));
    world.values["live/letter_token"] = letter_token(ValueSigner(*ring, kLetterTokenSalt), *letter);
    world.values["live/inbound_pair"] = kInboundPair;
  }

  int passed = 0;
  int failed = 0;
  json::array rows = api_cases::read_case_file(POSTROOM_SOURCE_DIR "/tests/data/public-api-cases.json");
  for (const json::value& row : rows) {
    api_cases::Case one(row.as_object(), world.names());
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
  fmt::print("{} of {} passed\n", passed, passed + failed);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace postroom::api
