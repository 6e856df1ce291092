// The session against a small server on a thread that is told how to answer. Varied: answers, silence, breaks. What
// must hold: the window is kept, a submit says truly whether it went out, a break is mended, nothing is sent twice.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>

#include "adapters/smpp/smpp_gateway.h"
#include "base/log.h"
#include "core/texting/text_parts.h"

namespace postroom::smpp {
namespace {

namespace wire = texting::smpp;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Fate = SubmitAnswer::Fate;

// One connection at a time.
class FakeServer {
 public:
  // Gives the PDUs that answer one of the client's.
  using Answer = std::function<std::vector<Pdu>(const Pdu&)>;
  explicit FakeServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    ::listen(listener_, 4);
    thread_ = std::thread([this] { run(); });
  }
  ~FakeServer() {
    ::shutdown(listener_, SHUT_RDWR);
    hang_up();
    thread_.join();
    ::close(listener_);
  }
  std::uint16_t port() const { return port_; }
  void hang_up() {
    std::lock_guard lock(mutex_);
    if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
  }
  void send(const Pdu& pdu) {
    const Bytes bytes = wire::encode(pdu);
    std::lock_guard lock(mutex_);
    if (connection_ >= 0) static_cast<void>(::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  std::vector<Pdu> received() {
    std::lock_guard lock(mutex_);
    return received_;
  }
  int count(Command command) {
    int out = 0;
    for (const Pdu& pdu : received()) out += pdu.command == command ? 1 : 0;
    return out;
  }

 private:
  void run() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      {
        std::lock_guard lock(mutex_);
        connection_ = connection;
      }
      wire::Framer framer;
      char buffer[4096];
      for (;;) {
        const ssize_t got = ::recv(connection, buffer, sizeof buffer, 0);
        if (got <= 0) break;
        framer.feed({buffer, static_cast<std::size_t>(got)});
        for (auto pdu = framer.next(); pdu && *pdu; pdu = framer.next()) {
          {
            std::lock_guard lock(mutex_);
            received_.push_back(**pdu);
          }
          for (const Pdu& answer : answer_(**pdu)) send(answer);
        }
      }
      std::lock_guard lock(mutex_);
      ::close(connection);
      connection_ = -1;
    }
  }

  const Answer answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  int connection_ = -1;
  std::vector<Pdu> received_;
  std::thread thread_;
};

Pdu response(const Pdu& to, std::uint32_t status = wire::kOk, std::string text = "") {
  return {.command = static_cast<Command>(static_cast<std::uint32_t>(to.command) | wire::kIsResponse),
          .status = status,
          .sequence = to.sequence,
          .body = wire::response_text(text)};
}

std::vector<Pdu> obliging(const Pdu& pdu) {
  if (pdu.is_response()) return {};
  return {response(pdu, wire::kOk, "id" + std::to_string(pdu.sequence))};
}

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    set_log_sink([](std::string_view) {});
  }
  ~SessionTest() override { set_log_sink(nullptr); }

  SessionOptions options(const FakeServer& server) {
    SessionOptions out;
    out.line = {.host = "127.0.0.1", .port = server.port()};
    out.bind = {.system_id = "postroom", .password = "secret"};
    out.answer_timeout = 500ms;
    out.backoff_first = 50ms;
    out.throttle_first = 50ms;
    return out;
  }
  static void wait_for(const std::function<bool()>& what) {
    for (int i = 0; i < 500 && !what(); ++i) std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(what());
  }
  static bool nobody(const Message&) { return true; }
};

TEST_F(SessionTest, BindsSubmitsAndUnbinds) {
  FakeServer server(obliging);
  Session session(options(server), nobody);
  session.start();
  auto answer = session.submit("x", 5s);
  EXPECT_EQ(answer.fate, Fate::answered);
  EXPECT_EQ(answer.status, wire::kOk);
  EXPECT_THAT(wire::read_response_text(answer.body), testing::StartsWith("id"));
  EXPECT_TRUE(session.is_bound());
  session.stop();
  std::vector<Command> commands;
  for (const Pdu& pdu : server.received()) commands.push_back(pdu.command);
  EXPECT_THAT(commands, ElementsAre(Command::bind_transceiver, Command::submit_sm, Command::unbind));
  EXPECT_EQ(session.submit("x", 1s).fate, Fate::not_sent) << "after the end";
}

TEST_F(SessionTest, NoMoreThanTheWindowIsOnItsWay) {
  std::atomic<int> on_its_way = 0, most = 0;
  std::vector<Pdu> held;
  FakeServer server([&](const Pdu& pdu) -> std::vector<Pdu> {
    if (pdu.command != Command::submit_sm) return obliging(pdu);
    held.push_back(response(pdu, wire::kOk, "i"));
    most = std::max(most.load(), ++on_its_way);
    if (held.size() < 3) return {};
    on_its_way -= 3;
    return std::exchange(held, {});
  });
  SessionOptions o = options(server);
  o.window = 3;
  Session session(o, nobody);
  session.start();
  std::vector<std::future<SubmitAnswer>> answers;
  for (int i = 0; i < 12; ++i)
    answers.push_back(std::async(std::launch::async, [&] { return session.submit("x", 10s); }));
  for (auto& answer : answers) EXPECT_EQ(answer.get().fate, Fate::answered);
  EXPECT_EQ(most.load(), 3);
}

TEST_F(SessionTest, WhatWentOutWithoutAnAnswerIsLostNotUnsent) {
  FakeServer server(
      [](const Pdu& pdu) { return pdu.command == Command::submit_sm ? std::vector<Pdu>{} : obliging(pdu); });
  Session session(options(server), nobody);
  session.start();
  EXPECT_EQ(session.submit("x", 700ms).fate, Fate::lost) << "no answer in time";
  auto cut = std::async(std::launch::async, [&] { return session.submit("y", 5s); });
  wait_for([&] { return server.count(Command::submit_sm) == 2; });
  server.hang_up();
  EXPECT_EQ(cut.get().fate, Fate::lost) << "the line broke";
  wait_for([&] { return session.is_bound(); });
  EXPECT_EQ(server.count(Command::bind_transceiver), 2);
  EXPECT_EQ(server.count(Command::submit_sm), 2) << "nothing is sent again by itself";
}

TEST_F(SessionTest, AServerThatIsAwayIsSaidAtOnce) {
  std::uint16_t port = 0;
  {
    FakeServer server(obliging);
    port = server.port();
  }
  SessionOptions o;
  o.line = {.host = "127.0.0.1", .port = port};
  o.backoff_first = 20ms;
  Session session(o, nobody);
  session.start();
  EXPECT_EQ(session.submit("x", 5s).fate, Fate::not_sent);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(session.submit("x", 5s).fate, Fate::not_sent);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
}

TEST_F(SessionTest, ARefusedBindIsTriedAgainLater) {
  std::atomic<int> binds = 0;
  FakeServer server([&](const Pdu& pdu) -> std::vector<Pdu> {
    if (pdu.command == Command::bind_transceiver && ++binds < 3) return {response(pdu, 0x0E)};
    return obliging(pdu);
  });
  Session session(options(server), nobody);
  session.start();
  wait_for([&] { return session.is_bound(); });
  EXPECT_EQ(binds.load(), 3);
}

TEST_F(SessionTest, ThrottledIsAPauseNotAFailure) {
  std::atomic<int> submits = 0;
  FakeServer server([&](const Pdu& pdu) -> std::vector<Pdu> {
    if (pdu.command == Command::submit_sm && ++submits <= 3) return {response(pdu, wire::kThrottled)};
    return obliging(pdu);
  });
  Session session(options(server), nobody);
  session.start();
  const auto start = std::chrono::steady_clock::now();
  auto answer = session.submit("x", 5s);
  EXPECT_EQ(answer.status, wire::kOk);
  EXPECT_EQ(submits.load(), 4);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 350ms) << "50, 100 and 200 ms";
}

TEST_F(SessionTest, ASilentServerIsAskedAndThenLeft) {
  FakeServer server(
      [](const Pdu& pdu) { return pdu.command == Command::enquire_link ? std::vector<Pdu>{} : obliging(pdu); });
  SessionOptions o = options(server);
  o.enquire_every = 100ms;
  o.answer_timeout = 200ms;
  Session session(o, nobody);
  session.start();
  wait_for([&] { return server.count(Command::bind_transceiver) >= 2; });
  EXPECT_GE(server.count(Command::enquire_link), 1);
}

TEST_F(SessionTest, EnquiriesAndUnknownRequestsAreAnswered) {
  FakeServer server(obliging);
  Session session(options(server), nobody);
  session.start();
  wait_for([&] { return session.is_bound(); });
  server.send({.command = Command::enquire_link, .sequence = 77, .body = {}});
  server.send({.command = static_cast<Command>(0x103), .sequence = 78, .body = "?"});
  wait_for([&] { return server.received().size() >= 3; });
  EXPECT_EQ(server.received()[1], (Pdu{Command::enquire_link_resp, wire::kOk, 77, {}}));
  EXPECT_EQ(server.received()[2], (Pdu{Command::generic_nack, wire::kInvalidCommand, 78, {}}));
}

TEST_F(SessionTest, ADeliveryIsAnsweredAfterItsReceiver) {
  FakeServer server(obliging);
  std::atomic<bool> takes = false;
  std::atomic<int> seen = 0;
  Session session(options(server), [&](const Message& message) {
    EXPECT_EQ(message.content(), "Hi");
    ++seen;
    return takes.load();
  });
  session.start();
  wait_for([&] { return session.is_bound(); });
  Message m;
  m.short_message = "Hi";
  server.send({.command = Command::deliver_sm, .sequence = 5, .body = wire::encode(m)});
  wait_for([&] { return server.count(Command::deliver_sm_resp) == 1; });
  EXPECT_EQ(server.received().back().status, wire::kTemporaryAppError) << "the store was away";
  takes = true;
  server.send({.command = Command::deliver_sm, .sequence = 6, .body = wire::encode(m)});
  wait_for([&] { return server.count(Command::deliver_sm_resp) == 2; });
  EXPECT_EQ(server.received().back().status, wire::kOk);
  server.send({.command = Command::deliver_sm, .sequence = 7, .body = "x"});
  wait_for([&] { return server.count(Command::deliver_sm_resp) == 3; });
  EXPECT_EQ(server.received().back().status, wire::kInvalidLength);
  EXPECT_EQ(seen.load(), 2);
}

TEST_F(SessionTest, AnUnbindOfTheServerIsAnsweredAndBoundAgain) {
  FakeServer server(obliging);
  Session session(options(server), nobody);
  session.start();
  wait_for([&] { return session.is_bound(); });
  server.send({.command = Command::unbind, .sequence = 9, .body = {}});
  wait_for([&] { return server.count(Command::unbind_resp) == 1; });
  server.hang_up();
  wait_for([&] { return server.count(Command::bind_transceiver) == 2; });
}

ports::SmsMessage a_text(std::string text, bool ucs2 = false) {
  return {.to = "447900900123",
          .sender = "COUNCIL",
          .text = std::move(text),
          .reference = "7a1f0b7e-3c55-4b3e-9d6f-0e3a0c9f1b11",
          .ucs2 = ucs2};
}

TEST(SmppGateway, ShortTextsAreOneMessage) {
  auto submits = submits_of(a_text("Hi £€"), {});
  ASSERT_EQ(submits.size(), 1u);
  EXPECT_EQ(submits[0].short_message, Bytes("Hi \x01\x1B\x65", 6));
  EXPECT_EQ(submits[0].data_coding, 0);
  EXPECT_EQ(submits[0].esm_class, 0);
  EXPECT_EQ(submits[0].registered_delivery, 1);
  EXPECT_EQ(submits[0].source, (wire::Address{5, 0, "COUNCIL"}));
  EXPECT_EQ(submits[0].destination, (wire::Address{1, 1, "447900900123"}));
  submits = submits_of(a_text("Ŵ", true), {});
  EXPECT_EQ(submits[0].data_coding, 8);
  EXPECT_EQ(submits[0].short_message, Bytes("\x01\x74", 2));
}

TEST(SmppGateway, LongTextsAreJoinedAsTheServerWants) {
  const std::string text = std::string(153, 'a') + std::string(153, 'b') + "c";
  auto header = submits_of(a_text(text), {.joining = Joining::header});
  ASSERT_EQ(header.size(), 3u);
  std::string joined;
  std::set<int> references;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(header[i].esm_class, wire::kHasUserDataHeader);
    auto data = texting::read_user_data(header[i].short_message);
    ASSERT_TRUE(data && data->join);
    EXPECT_EQ(data->join->parts, 3);
    EXPECT_EQ(data->join->part, static_cast<int>(i) + 1);
    references.insert(data->join->reference);
    joined += texting::from_gsm(data->rest);
  }
  EXPECT_EQ(joined, text);
  EXPECT_EQ(references.size(), 1u);
  EXPECT_EQ(submits_of(a_text(text), {}), header) << "the same at every try";

  auto sar = submits_of(a_text(text), {.joining = Joining::sar});
  ASSERT_EQ(sar.size(), 3u);
  EXPECT_EQ(sar[1].esm_class, 0);
  EXPECT_EQ(*sar[1].tlv(wire::kTagSarParts), "\x03");
  EXPECT_EQ(*sar[1].tlv(wire::kTagSarPart), "\x02");
  EXPECT_EQ(sar[1].tlv(wire::kTagSarReference)->size(), 2u);

  auto payload = submits_of(a_text(text), {.joining = Joining::payload});
  ASSERT_EQ(payload.size(), 1u);
  EXPECT_EQ(payload[0].content(), text);
  EXPECT_THAT(payload[0].short_message, IsEmpty());
}

TEST(SmppGateway, SendersByTheirKind) {
  auto source = [](std::string sender) {
    ports::SmsMessage m = a_text("Hi");
    m.sender = std::move(sender);
    return submits_of(m, {})[0].source;
  };
  EXPECT_EQ(source("07123123123"), (wire::Address{1, 1, "447123123123"}));
  EXPECT_EQ(source("447123123123"), (wire::Address{1, 1, "447123123123"}));
  EXPECT_EQ(source("60003"), (wire::Address{3, 0, "60003"}));
  EXPECT_EQ(source("0A"), (wire::Address{5, 0, "0A"}));
}

class GatewayTest : public SessionTest {
 protected:
  ports::SmsResult send(FakeServer::Answer answer, std::string text = "Hi") {
    FakeServer server(std::move(answer));
    Session session(options(server), nobody);
    session.start();
    return SmppGateway({.id_form = wire::IdForm::hex_in_answer, .timeout = 700ms}, session)
        .send(a_text(std::move(text)));
  }
  // Answers the submit number `which` (from 1) in its own way, all others obligingly.
  static FakeServer::Answer odd_at(int which, std::vector<Pdu> (*odd)(const Pdu&)) {
    auto count = std::make_shared<std::atomic<int>>(0);
    return [=](const Pdu& pdu) {
      return pdu.command == Command::submit_sm && ++*count == which ? odd(pdu) : obliging(pdu);
    };
  }
};

TEST_F(GatewayTest, ItsPartsAreNamed) {
  auto result = send(
      [](const Pdu& pdu) -> std::vector<Pdu> {
        if (pdu.command != Command::submit_sm) return obliging(pdu);
        return {response(pdu, wire::kOk, pdu.sequence == 1 ? "0A" : "FF")};
      },
      std::string(200, 'a'));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->part_names, ElementsAre("10", "255"));
  EXPECT_EQ(result->provider_reference, "0A");
}

TEST_F(GatewayTest, StatusesSayWhatToDo) {
  auto with = [this](std::vector<Pdu> (*odd)(const Pdu&)) { return send(odd_at(1, odd)).error(); };
  auto bad_number = with([](const Pdu& p) { return std::vector<Pdu>{response(p, wire::kInvalidDestination)}; });
  EXPECT_EQ(bad_number.kind, ErrorKind::rejected);
  auto system = with([](const Pdu& p) { return std::vector<Pdu>{response(p, 0x08)}; });
  EXPECT_EQ(system.kind, ErrorKind::retry_later);
  EXPECT_FALSE(system.maybe_taken);
  auto silent = with([](const Pdu&) { return std::vector<Pdu>{}; });
  EXPECT_TRUE(silent.maybe_taken);
  auto nameless = with([](const Pdu& p) { return std::vector<Pdu>{response(p)}; });
  EXPECT_TRUE(nameless.maybe_taken);
  auto nack =
      with([](const Pdu& p) { return std::vector<Pdu>{Pdu{Command::generic_nack, wire::kOk, p.sequence, {}}}; });
  EXPECT_EQ(nack.kind, ErrorKind::retry_later);
}

TEST_F(GatewayTest, AFailedLaterPartLeavesDoubt) {
  auto result =
      send(odd_at(2, [](const Pdu& p) { return std::vector<Pdu>{response(p, 0x08)}; }), std::string(200, 'a'));
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().maybe_taken);
}

}  // namespace
}  // namespace postroom::smpp
