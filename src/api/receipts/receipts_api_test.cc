// The addresses of providers over a real store. Varied: who calls, with which body, and whether the store takes it.
// What was answered with success must be a task or a row by then.
#include "api/receipts/receipts_api.h"

#include <gtest/gtest.h>

#include "adapters/sqlite/open.h"
#include "adapters/sqlite/temporary_folder.h"
#include "auth/twilio_signature.h"
#include "base/log.h"
#include "ports/task_names.h"

namespace postroom::api {
namespace {

using namespace std::chrono_literals;

class NoClient final : public ports::HttpClient {
 public:
  int calls = 0;
  Result<ports::HttpResponse> send(const ports::HttpRequest&) override {
    ++calls;
    return fail(ErrorKind::retry_later, "there is no network here");
  }
};
class NoDesk final : public ports::TicketDesk {
 public:
  std::string_view name() const override { return "none"; }
  Result<void> raise(const ports::Ticket&) override { return {}; }
};

class ReceiptsApiTest : public testing::Test {
 protected:
  ReceiptsApiTest() {
    set_log_sink([](std::string_view) {});
    database_ = std::move(
        *sqlite::open({.path = folder_ / "postroom.db", .key_ring = ring_, .random = random_, .clock = clock_}));
    callbacks_ = std::make_unique<flows::DeliveryCallbacks>(database_->services());
    flow_ = std::make_unique<flows::ReceiptFlow>(database_->notifications(), *callbacks_, clock_);
    sms_ = std::make_unique<flows::SmsReceipts>(database_->tasks(), *flow_, database_->providers(), clock_);
    email_ = std::make_unique<flows::EmailReports>(
        flows::EmailReportPorts{database_->tasks(), database_->notifications(), database_->email_reports(), client_,
                                clock_, random_},
        *flow_, *callbacks_);
    letters_ = std::make_unique<flows::LetterReports>(
        flows::LetterReportPorts{database_->tasks(), database_->notifications(), database_->letters(), desk_,
                                 clock_, zone_},
        false, "test");
    inbound_ = std::make_unique<flows::InboundSms>(
        flows::InboundSmsPorts{database_->inbound(), database_->services(), clock_, zone_, random_}, 7);
    api_ =
        std::unique_ptr<ReceiptsApi>(new ReceiptsApi{*sms_, *inbound_, *email_, *letters_, sns_, signer_, {}, {}});
    add_receipts_api(router_, *api_);
  }
  ~ReceiptsApiTest() override { set_log_sink(nullptr); }

  http::Response post(std::string path, std::string body, http::HeaderList headers = {}) {
    http::Request request;
    request.method = "POST";
    request.target = path;
    auto mark = path.find('?');
    request.path = path.substr(0, mark);
    if (mark != std::string::npos) request.query = http::parse_query(std::string_view(path).substr(mark + 1));
    request.body = std::move(body);
    request.headers = std::move(headers);
    return router_.dispatch(request);
  }
  static http::HeaderList form(std::string_view pair = {}) {
    return with("application/x-www-form-urlencoded", pair);
  }
  static http::HeaderList with(std::string_view type, std::string_view pair = {}) {
    http::HeaderList headers{{"Content-Type", std::string(type)}};
    if (!pair.empty()) headers.emplace_back("Authorization", "Basic " + to_base64(pair));
    return headers;
  }
  Door door(std::string_view pairs, bool open = false) { return {*auth::BasicCredentials::parse(pairs), open}; }
  std::size_t waiting(std::string_view queue) {
    return database_->tasks().claim(queue, 100, clock_.now(), 60s, "test")->size();
  }
  void add_number() {
    accounts::Service service;
    service.id = ServiceId{Uuid::random(random_)};
    service.name = "Council";
    service.permissions = {accounts::Permission::inbound_sms};
    service_ = service.id;
    ASSERT_TRUE(database_->services().create(service));
    ASSERT_TRUE(
        database_->inbound().add_number({.number = "07123123123", .provider = "mmg", .service_id = service.id}));
  }
  std::size_t texts() { return database_->inbound().list(service_, std::nullopt, 100)->size(); }

  sqlite::TemporaryFolder folder_;
  SystemRandom random_;
  MovableClock clock_{from_micros(1'778'760'000'000'000)};
  TimeZone zone_ = *TimeZone::load("Europe/London");
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
  ValueSigner signer_{ring_, kLetterTokenSalt};
  NoClient client_;
  NoDesk desk_;
  flows::SnsVerifier sns_{client_, clock_};
  ServiceId service_;
  std::unique_ptr<ports::Database> database_;
  std::unique_ptr<flows::DeliveryCallbacks> callbacks_;
  std::unique_ptr<flows::ReceiptFlow> flow_;
  std::unique_ptr<flows::SmsReceipts> sms_;
  std::unique_ptr<flows::EmailReports> email_;
  std::unique_ptr<flows::LetterReports> letters_;
  std::unique_ptr<flows::InboundSms> inbound_;
  std::unique_ptr<ReceiptsApi> api_;
  http::Router router_;
};

constexpr std::string_view kReceipt = R"({"status":"3","CID":"0d6a3c1e-aaaa-4000-8000-00000000000b"})";

TEST_F(ReceiptsApiTest, WithoutCredentialsADoorIsOpenOrClosedAsTheSettingsSay) {
  EXPECT_EQ(post("/notifications/sms/mmg", std::string(kReceipt)).status, 401);
  EXPECT_EQ(post("/notifications/sms/mmg", std::string(kReceipt), with("application/json", "any:one")).status, 403);
  EXPECT_EQ(waiting(ports::kSmsReceiptQueue), 0u);
  api_->doors.mmg_receipts.is_open_without = true;
  EXPECT_EQ(post("/notifications/sms/mmg", std::string(kReceipt)).status, 200);
  EXPECT_EQ(waiting(ports::kSmsReceiptQueue), 1u);
}

TEST_F(ReceiptsApiTest, EachDoorHasCredentialsOfItsOwn) {
  api_->doors = {door("m:receipts", true), door("f:receipts", true), door("m:texts", true), door("f:texts", true)};
  struct Row {
    const char *path, *pair;
  };
  for (const Row& row :
       {Row{"/notifications/sms/mmg", "m:receipts"}, Row{"/notifications/sms/firetext", "f:receipts"},
        Row{"/notifications/sms/receive/mmg", "m:texts"}, Row{"/notifications/sms/receive/firetext", "f:texts"}}) {
    http::Response missing = post(row.path, "{}");
    EXPECT_EQ(missing.status, 401) << row.path;
    EXPECT_EQ(missing.header("WWW-Authenticate"), "Bearer");
    for (const char* pair : {"m:receipts", "f:receipts", "m:texts", "f:texts", "m:wrong"}) {
      EXPECT_EQ(post(row.path, "{}", with("application/json", pair)).status,
                std::string_view(pair) == row.pair ? 400 : 403)
          << row.path << " " << pair;
    }
  }
}

TEST_F(ReceiptsApiTest, FaultsAreAListInTheAppsShape) {
  api_->doors.mmg_receipts.is_open_without = api_->doors.firetext_receipts.is_open_without = true;
  http::Response answer = post("/notifications/sms/mmg", "{}");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            "{\"result\":\"error\",\"message\":[\"MMG: status is missing\",\"MMG: CID is missing\"]}\n");
  EXPECT_EQ(post("/notifications/sms/mmg", "{").status, 400);
  EXPECT_EQ(
      post("/notifications/sms/firetext", R"({"status":"0","reference":"x"})", with("application/json")).status,
      400);
  EXPECT_EQ(post("/notifications/sms/firetext", "status=0", form()).status, 400);
  EXPECT_EQ(waiting(ports::kSmsReceiptQueue), 0u);
}

TEST_F(ReceiptsApiTest, ReceiptsAreTasksWhenTheyAreAnswered) {
  api_->doors.mmg_receipts.is_open_without = api_->doors.firetext_receipts.is_open_without = true;
  http::Response answer = post("/notifications/sms/mmg", std::string(kReceipt));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"result\":\"success\"}\n");
  EXPECT_EQ(post("/notifications/sms/firetext", "status=9&reference=0d6a3c1e-aaaa-4000-8000-00000000000b",
                 with("application/x-www-form-urlencoded; charset=utf-8"))
                .status,
            200);
  EXPECT_EQ(waiting(ports::kSmsReceiptQueue), 2u);
  EXPECT_EQ(post("/notifications/sms/firetext", "status=0&reference=nobody", form()).status, 200);
  EXPECT_EQ(waiting(ports::kSmsReceiptQueue), 0u);
}

TEST_F(ReceiptsApiTest, TwilioSignsWhatItPosts) {
  api_->doors.twilio = {.token = "token",
                        .receipt_url = "https://post.example/notifications/sms/twilio",
                        .text_url = "https://post.example/notifications/sms/receive/twilio"};
  const std::string path = "/notifications/sms/twilio?reference=0d6a3c1e-aaaa-4000-8000-00000000000b";
  const std::string body = "MessageSid=SM1&MessageStatus=delivered";
  auto signed_with = [&](std::string_view token, std::string_view url) {
    http::HeaderList headers = form();
    headers.emplace_back("X-Twilio-Signature", auth::twilio_signature(token, url, http::parse_query(body)));
    return headers;
  };
  EXPECT_EQ(post(path, body, form()).status, 401);
  EXPECT_EQ(post(path, body, signed_with("other", "https://post.example" + path)).status, 403);
  EXPECT_EQ(post(path, body, signed_with("token", "https://post.example/notifications/sms/twilio")).status, 403);
  EXPECT_EQ(waiting(ports::kSmsReceiptQueue), 0u);
  EXPECT_EQ(post(path, body, signed_with("token", "https://post.example" + path)).status, 200);
  EXPECT_EQ(waiting(ports::kSmsReceiptQueue), 1u);
  api_->doors.twilio = {.is_open_without = true};
  EXPECT_EQ(post("/notifications/sms/twilio", body, form()).status, 400) << "without a reference";
  EXPECT_EQ(
      post("/notifications/sms/receive/twilio", "From=%2B447900900123&To=%2B447123123123&Body=Hi", form()).status,
      400)
      << "without its id";
}

TEST_F(ReceiptsApiTest, AProviderOfTheSettingsPostsJsonOrAForm) {
  api_->doors.http_receipts = door("h:receipts");
  api_->http_rules = {.reference = "ref", .status = "state", .statuses = {{"ok", "delivered"}}};
  constexpr std::string_view kPath = "/notifications/sms/http";
  const std::string json = R"({"ref":"0d6a3c1e-aaaa-4000-8000-00000000000b","state":"OK"})";
  EXPECT_EQ(post(std::string(kPath), json, with("application/json")).status, 401);
  EXPECT_EQ(post(std::string(kPath), json, with("application/json", "h:receipts")).status, 200);
  EXPECT_EQ(
      post(std::string(kPath), "ref=0d6a3c1e-aaaa-4000-8000-00000000000b&state=ok", form("h:receipts")).status,
      200);
  EXPECT_EQ(waiting(ports::kSmsReceiptQueue), 2u);
  EXPECT_EQ(post(std::string(kPath), "ref=x", form("h:receipts")).status, 400);
  EXPECT_EQ(post(std::string(kPath), "{", with("application/json", "h:receipts")).status, 400);
  api_->http_rules.is_theirs = true;
  EXPECT_EQ(
      post(std::string(kPath), R"({"ref":"m-1","state":"ok"})", with("application/json", "h:receipts")).status,
      200);
  EXPECT_EQ(waiting(ports::kSmsReceiptQueue), 1u);
}

std::string mmg_body(std::string_view number, std::string_view id = "m1") {
  return write_json(json::object{{"MSISDN", "447900900123"},
                                 {"Number", number},
                                 {"Message", "Hi+%F0%9F%98%80"},
                                 {"ID", id},
                                 {"DateRecieved", "2026-05-21+11%3A56%3A11"}});
}

TEST_F(ReceiptsApiTest, ReceivedTextsAreStoredWhenTheyAreAnswered) {
  add_number();
  api_->doors.mmg_texts = door("m:texts");
  api_->doors.firetext_texts = door("f:texts");
  const std::string mmg = "/notifications/sms/receive/mmg";
  const std::string firetext = "/notifications/sms/receive/firetext";
  http::Response answer = post(mmg, mmg_body("447123123123"), with("application/json", "m:texts"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"status\":\"ok\"}\n");
  EXPECT_EQ(texts(), 1u);
  EXPECT_EQ(post(mmg, mmg_body("447123123123"), with("application/json", "m:texts")).body, "{\"status\":\"ok\"}\n");
  EXPECT_EQ(texts(), 1u) << "a repeated text";
  answer = post(mmg, mmg_body("40604"), with("application/json", "m:texts"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "RECEIVED");
  EXPECT_TRUE(answer.content_type.starts_with("text/plain"));
  const std::string to_us = "source=447900900123&destination=07123123123&message=Hi&time=2026-05-21+11%3A56%3A11";
  EXPECT_EQ(post(firetext, to_us, form("f:texts")).body, "{\"status\":\"ok\"}\n");
  EXPECT_EQ(texts(), 2u);
  EXPECT_EQ(post(firetext, "source=1&destination=2&message=&time=", form("f:texts")).body, "{\"status\":\"ok\"}\n");
  EXPECT_EQ(post(firetext, "source=1&destination=2&time=", form("f:texts")).status, 400);
  EXPECT_EQ(post(mmg, "{}", with("application/json", "m:texts")).status, 400);
  EXPECT_EQ(texts(), 2u);
}

TEST_F(ReceiptsApiTest, MmgsBodyIsReadBeforeItsCredentials) {
  api_->doors.mmg_texts = door("m:texts");
  EXPECT_EQ(post("/notifications/sms/receive/mmg", "{", with("application/json")).status, 400);
  EXPECT_EQ(post("/notifications/sms/receive/mmg", "{}", with("text/plain", "m:texts")).status, 400);
  EXPECT_EQ(post("/notifications/sms/receive/mmg", "{}", with("application/json")).status, 401);
  EXPECT_EQ(post("/notifications/sms/receive/firetext", "", form()).status, 401);
}

std::string report(std::string_view job_id, std::string_view status = "REJECTED") {
  return write_json(
      json::object{{"id", "1"},
                   {"time", "2026-04-01T00:00:00Z"},
                   {"data", {{"jobId", job_id}, {"jobStatus", status}, {"transitionDate", "2026-03-31T23:30:00Z"}}},
                   {"metadata", {{"correlationId", "x"}}}});
}

TEST_F(ReceiptsApiTest, LetterReportsNeedTheLettersToken) {
  const NotificationId letter{Uuid::random(random_)};
  const std::string path = "/notifications/letter/status";
  const std::string good = path + "?token=" + letter_token(signer_, letter);
  EXPECT_EQ(post(path, "{").status, 403);
  EXPECT_EQ(post(path + "?token=abc.def", "{").status, 403);
  EXPECT_EQ(post(path + "?token=" + ValueSigner(ring_, "another purpose").sign(json::value(letter.text())),
                 report(letter.text()))
                .status,
            403);
  EXPECT_EQ(post(path + "?token=" + signer_.sign(json::value(5)), report(letter.text())).status, 403);
  EXPECT_EQ(post(good, "{").status, 400);
  EXPECT_EQ(post(good, "[]").status, 400);
  http::Response other = post(good, report("7d1c3f0e-2a4b-4c5d-8e6f-0123456789ab"));
  EXPECT_EQ(other.status, 400);
  EXPECT_NE(other.body.find("\"InvalidRequest\""), std::string::npos);
  EXPECT_EQ(waiting(ports::kLetterReceiptQueue), 0u);
  http::Response taken = post(good, report(letter.text()));
  EXPECT_EQ(taken.status, 204);
  EXPECT_EQ(taken.body, "");
  EXPECT_EQ(waiting(ports::kLetterReceiptQueue), 1u);
}

TEST_F(ReceiptsApiTest, SesReportsNeedATopicOfOursAndAProof) {
  const std::string path = "/notifications/email/ses";
  json::object message{{"Type", "Notification"},
                       {"MessageId", "m1"},
                       {"TopicArn", "arn:aws:sns:eu-west-1:1:ses"},
                       {"Message", "{}"},
                       {"Timestamp", "2026-05-14T12:15:30.000Z"},
                       {"SignatureVersion", "2"},
                       {"Signature", to_base64("x")},
                       {"SigningCertURL", "https://sns.eu-west-1.amazonaws.com/c.pem"}};
  EXPECT_EQ(post(path, write_json(message)).status, 403) << "no topic is configured";
  api_->ses_topics = {"arn:aws:sns:eu-west-1:1:other"};
  EXPECT_EQ(post(path, write_json(message)).status, 403);
  EXPECT_EQ(client_.calls, 0) << "strangers cause no fetch";
  api_->ses_topics = {"arn:aws:sns:eu-west-1:1:ses"};
  http::Response answer = post(path, write_json(message));
  EXPECT_EQ(answer.status, 503) << "the certificate cannot be had: come again";
  EXPECT_EQ(answer.header("Retry-After"), "1");
  message["SigningCertURL"] = "https://evil.example/c.pem";
  EXPECT_EQ(post(path, write_json(message)).status, 403);
  EXPECT_EQ(post(path, "{}").status, 400);
  EXPECT_EQ(post(path, std::string(1024 * 1024 + 1, ' ')).status, 413);
  EXPECT_EQ(waiting(ports::kEmailReceiptQueue), 0u);
}

}  // namespace
}  // namespace postroom::api
