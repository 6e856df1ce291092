// One bound connection to an SMPP server, made again whenever it breaks.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/smpp/line.h"
#include "core/texting/smpp_pdu.h"

namespace postroom::smpp {

using texting::smpp::Command;
using texting::smpp::Message;
using texting::smpp::Pdu;

// Requests of the server that wait for their receiver; beyond them it is told to send again.
inline constexpr std::size_t kDeliverQueueMax = 1'000;
inline constexpr int kDeliverThreads = 4;

struct SessionOptions {
  LineOptions line;
  texting::smpp::Bind bind;
  int window = 10;                                   // submit_sm without an answer
  std::chrono::milliseconds enquire_every{30'000};   // of silence
  std::chrono::milliseconds answer_timeout{10'000};  // to bind, enquire_link and unbind
  std::chrono::milliseconds backoff_first{1'000};    // between two tries to connect, doubled each time
  std::chrono::milliseconds backoff_max{60'000};
  std::chrono::milliseconds throttle_first{250};  // pause after "throttled", doubled each time
  std::chrono::milliseconds throttle_max{5'000};
};

struct SubmitAnswer {
  enum class Fate {
    answered,  // `status` and `body` are the server's
    not_sent,  // surely not
    lost,      // it went out, and no answer came
  };
  Fate fate = Fate::not_sent;
  std::uint32_t status = 0;
  Bytes body;
  std::string why;  // of not_sent and lost
};

// Threads start with start() and end with stop(). Safe from several threads.
class Session {
 public:
  // Called on threads of the session, several at once. True: it is on disk, and the server need not send it again.
  using Deliver = std::function<bool(const Message&)>;

  Session(SessionOptions options, Deliver deliver);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  // Waits for answers in hand, unbinds, closes.
  void stop();
  // Blocks until the answer, or `timeout`. Pauses and tries again while the server says that it is throttled or
  // full, until then. not_sent at once where the server cannot be reached.
  SubmitAnswer submit(const Bytes& body, std::chrono::milliseconds timeout);
  bool is_bound() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class State { connecting, bound, down };
  struct Pending {
    bool is_written = false;
    bool is_done = false;
    SubmitAnswer answer;
  };
  struct Outgoing {
    Bytes bytes;
    std::shared_ptr<Pending> pending;  // null: not a submit_sm
  };

  void run();
  Result<void> connect();
  Result<void> bind(Line& line);
  Result<void> serve();
  Result<void> flush();
  Result<void> receive();
  Result<void> handle_all();
  Result<void> keep_alive();
  Result<void> handle(Pdu pdu);
  void answer_pending(const Pdu& pdu);
  void lose(const std::string& why);
  void queue(const Pdu& pdu, std::shared_ptr<Pending> pending = nullptr);
  void wake() const;
  SubmitAnswer submit_once(const Bytes& body, Time deadline);
  bool wait_for_place(std::unique_lock<std::mutex>& lock, Time deadline);
  void run_deliveries();

  const SessionOptions options_;
  const Deliver deliver_;
  int wake_fd_ = -1;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::connecting;
  bool stopping_ = false;  // nothing new
  bool ending_ = false;    // unbind and leave
  std::uint32_t next_sequence_ = 1;
  std::map<std::uint32_t, std::shared_ptr<Pending>> pending_;
  std::deque<Outgoing> outgoing_;
  Time throttled_until_{};
  std::chrono::milliseconds throttle_pause_{};
  std::string down_why_ = "not connected yet";
  std::deque<Pdu> deliveries_;
  std::uint64_t connection_ = 0;  // answers to requests of an earlier one are not sent

  // Of the thread that talks to the server.
  std::unique_ptr<Line> line_;
  texting::smpp::Framer framer_;
  Bytes writing_;
  Time heard_at_{}, asked_at_{};
  bool is_asked_ = false;  // enquire_link without an answer
  bool is_unbinding_ = false;

  std::thread thread_;
  std::vector<std::thread> delivery_threads_;
};

}  // namespace postroom::smpp
