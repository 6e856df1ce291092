#include "adapters/smpp/session.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.h"

namespace postroom::smpp {
namespace {

namespace wire = texting::smpp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A submit that finds the session still connecting waits so long for it.
constexpr milliseconds kFirstBindWait{3'000};
constexpr milliseconds kPollMax{1'000};

Error lost(std::string why) { return {ErrorKind::retry_later, std::move(why)}; }

bool is_busy(std::uint32_t status) { return status == wire::kThrottled || status == wire::kQueueFull; }

}  // namespace

Session::Session(SessionOptions options, Deliver deliver)
    : options_(std::move(options)),
      deliver_(std::move(deliver)),
      wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

Session::~Session() {
  stop();
  if (wake_fd_ >= 0) ::close(wake_fd_);
  line_.reset();
  curl_global_cleanup();
}

void Session::start() {
  if (thread_.joinable()) return;
  thread_ = std::thread([this] { run(); });
  for (int i = 0; i < kDeliverThreads; ++i) delivery_threads_.emplace_back([this] { run_deliveries(); });
}

void Session::stop() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    if (state_ == State::bound)
      changed_.wait_for(lock, options_.answer_timeout,
                        [&] { return (pending_.empty() && deliveries_.empty()) || state_ != State::bound; });
    ending_ = true;
  }
  changed_.notify_all();
  wake();
  if (thread_.joinable()) thread_.join();
  for (std::thread& thread : delivery_threads_) thread.join();
  delivery_threads_.clear();
}

bool Session::is_bound() const {
  std::lock_guard lock(mutex_);
  return state_ == State::bound;
}

void Session::wake() const {
  const std::uint64_t one = 1;
  if (::write(wake_fd_, &one, sizeof one) < 0) log_debug("smpp.wake_failed");
}

void Session::queue(const Pdu& pdu, std::shared_ptr<Pending> pending) {
  outgoing_.push_back({wire::encode(pdu), std::move(pending)});
}

// The calling side

bool Session::wait_for_place(std::unique_lock<std::mutex>& lock, Time deadline) {
  const Time first_bind = std::min(deadline, steady_clock::now() + kFirstBindWait);
  for (;;) {
    const Time now = steady_clock::now();
    if (stopping_ || state_ == State::down) return false;
    const bool has_place = state_ == State::bound && static_cast<int>(pending_.size()) < options_.window;
    if (has_place && now >= throttled_until_) return true;
    const Time end = state_ == State::connecting ? first_bind : deadline;
    if (now >= end) return false;
    changed_.wait_until(lock, has_place ? std::min(end, throttled_until_) : end);
  }
}

SubmitAnswer Session::submit_once(const Bytes& body, Time deadline) {
  std::unique_lock lock(mutex_);
  if (!wait_for_place(lock, deadline)) {
    return {.body = {},
            .why = stopping_                     ? "the program is stopping"
                   : state_ == State::bound      ? "its window was full, or it was throttled, all the time"
                   : state_ == State::connecting ? "not bound yet"
                                                 : down_why_};
  }
  auto pending = std::make_shared<Pending>();
  const std::uint32_t sequence = next_sequence_++;
  if (next_sequence_ > 0x7FFFFFFF) next_sequence_ = 1;
  pending_[sequence] = pending;
  queue({.command = Command::submit_sm, .sequence = sequence, .body = body}, pending);
  wake();
  changed_.wait_until(lock, deadline, [&] { return pending->is_done; });
  if (!pending->is_done) {
    pending_.erase(sequence);
    changed_.notify_all();
    if (!pending->is_written) {
      std::erase_if(outgoing_, [&](const Outgoing& out) { return out.pending == pending; });
      return {.body = {}, .why = "the line was busy all the time"};
    }
    return {.fate = SubmitAnswer::Fate::lost, .body = {}, .why = "no answer in time"};
  }
  SubmitAnswer answer = std::move(pending->answer);
  if (answer.fate != SubmitAnswer::Fate::answered) return answer;
  if (is_busy(answer.status)) {
    throttle_pause_ = std::clamp(2 * throttle_pause_, options_.throttle_first, options_.throttle_max);
    throttled_until_ = steady_clock::now() + throttle_pause_;
  } else {
    throttle_pause_ = {};
  }
  return answer;
}

SubmitAnswer Session::submit(const Bytes& body, milliseconds timeout) {
  const Time deadline = steady_clock::now() + timeout;
  for (;;) {
    SubmitAnswer answer = submit_once(body, deadline);
    const bool again = answer.fate == SubmitAnswer::Fate::answered && is_busy(answer.status) &&
                       steady_clock::now() + options_.throttle_first < deadline;
    if (!again) return answer;
  }
}

// The talking side

void Session::run() {
  milliseconds pause = options_.backoff_first;
  for (;;) {
    auto up = connect();
    if (up) {
      pause = options_.backoff_first;
      up = serve();
    }
    line_.reset();
    std::unique_lock lock(mutex_);
    const std::string why = up ? "unbound" : up.error().message;
    lose(why);
    if (ending_) return;
    log_warning("smpp.down", {{"host", options_.line.host}, {"error", why}, {"next_try_ms", pause.count()}});
    changed_.wait_for(lock, pause, [&] { return ending_; });
    if (ending_) return;
    pause = std::min(2 * pause, options_.backoff_max);
  }
}

void Session::lose(const std::string& why) {
  state_ = State::down;
  down_why_ = why;
  for (auto& [sequence, pending] : pending_) {
    pending->is_done = true;
    pending->answer = {.fate = pending->is_written ? SubmitAnswer::Fate::lost : SubmitAnswer::Fate::not_sent,
                       .body = {},
                       .why = why};
  }
  pending_.clear();
  outgoing_.clear();
  deliveries_.clear();
  writing_.clear();
  ++connection_;
  changed_.notify_all();
}

Result<void> Session::connect() {
  POSTROOM_TRY(line, Line::open(options_.line));
  line_ = std::move(line);
  framer_ = {};
  is_asked_ = is_unbinding_ = false;
  heard_at_ = steady_clock::now();
  POSTROOM_CHECK(bind(*line_));
  std::lock_guard lock(mutex_);
  state_ = State::bound;
  changed_.notify_all();
  log_info("smpp.bound", {{"host", options_.line.host}});
  return {};
}

Result<void> Session::bind(Line& line) {
  constexpr std::uint32_t kSequence = 0x7FFFFFFF;  // no submit's
  writing_ = wire::encode(
      Pdu{.command = Command::bind_transceiver, .sequence = kSequence, .body = wire::encode(options_.bind)});
  const Time deadline = steady_clock::now() + options_.answer_timeout;
  while (steady_clock::now() < deadline) {
    if (!writing_.empty()) {
      POSTROOM_TRY(sent, line.send(writing_));
      writing_.erase(0, sent);
    }
    pollfd waiting{.fd = line.socket(),
                   .events = static_cast<short>(writing_.empty() ? POLLIN : POLLIN | POLLOUT),
                   .revents = 0};
    ::poll(&waiting, 1, 100);
    POSTROOM_TRY(bytes, line.receive());
    framer_.feed(bytes);
    POSTROOM_TRY(pdu, framer_.next());
    if (!pdu) continue;
    if (pdu->command != Command::bind_transceiver_resp && pdu->command != Command::generic_nack) continue;
    if (pdu->status == wire::kOk) return {};
    log_error("smpp.bind_refused", {{"host", options_.line.host}, {"status", pdu->status}});
    return fail(lost(fmt::format("the server refused to bind: status 0x{:02X}", pdu->status)));
  }
  return fail(lost("the server did not answer to bind"));
}

Result<void> Session::serve() {
  // What came together with the answer to bind.
  POSTROOM_CHECK(handle_all());
  for (;;) {
    bool is_ending = false;
    {
      std::lock_guard lock(mutex_);
      is_ending = ending_;
      if (is_ending && !is_unbinding_) {
        queue({.command = Command::unbind, .sequence = next_sequence_++, .body = {}});
        is_unbinding_ = true;
        asked_at_ = steady_clock::now();
      }
    }
    POSTROOM_CHECK(flush());
    if (is_unbinding_ && steady_clock::now() - asked_at_ > options_.answer_timeout) return {};
    pollfd waiting[2] = {{.fd = line_->socket(),
                          .events = static_cast<short>(writing_.empty() ? POLLIN : POLLIN | POLLOUT),
                          .revents = 0},
                         {.fd = wake_fd_, .events = POLLIN, .revents = 0}};
    ::poll(waiting, 2, static_cast<int>(std::min(kPollMax, options_.enquire_every / 4).count()));
    std::uint64_t count = 0;
    if ((waiting[1].revents & POLLIN) != 0 && ::read(wake_fd_, &count, sizeof count) < 0) continue;
    if (auto got = receive(); !got) {
      if (is_unbinding_) return {};
      return got;
    }
    POSTROOM_CHECK(keep_alive());
  }
}

Result<void> Session::flush() {
  for (;;) {
    if (writing_.empty()) {
      std::lock_guard lock(mutex_);
      if (outgoing_.empty()) return {};
      // From here on the server may see it.
      if (outgoing_.front().pending) outgoing_.front().pending->is_written = true;
      writing_ = std::move(outgoing_.front().bytes);
      outgoing_.pop_front();
    }
    POSTROOM_TRY(sent, line_->send(writing_));
    writing_.erase(0, sent);
    if (!writing_.empty()) return {};
  }
}

Result<void> Session::receive() {
  POSTROOM_TRY(bytes, line_->receive());
  if (bytes.empty()) return {};
  heard_at_ = steady_clock::now();
  framer_.feed(bytes);
  return handle_all();
}

Result<void> Session::handle_all() {
  for (;;) {
    POSTROOM_TRY(pdu, framer_.next());
    if (!pdu) return {};
    POSTROOM_CHECK(handle(std::move(*pdu)));
  }
}

Result<void> Session::keep_alive() {
  const Time now = steady_clock::now();
  if (is_asked_ && now - asked_at_ > options_.answer_timeout && heard_at_ < asked_at_)
    return fail(lost("the server does not answer to enquire_link"));
  if (is_asked_ || is_unbinding_ || now - heard_at_ < options_.enquire_every) return {};
  is_asked_ = true;
  asked_at_ = now;
  std::lock_guard lock(mutex_);
  queue({.command = Command::enquire_link, .sequence = next_sequence_++, .body = {}});
  return {};
}

void Session::answer_pending(const Pdu& pdu) {
  std::lock_guard lock(mutex_);
  auto found = pending_.find(pdu.sequence);
  if (found == pending_.end()) return;
  // A refusal without a reason is no success.
  const std::uint32_t status =
      pdu.command == Command::generic_nack && pdu.status == wire::kOk ? wire::kInvalidCommand : pdu.status;
  found->second->is_done = true;
  found->second->answer = {.fate = SubmitAnswer::Fate::answered, .status = status, .body = pdu.body, .why = {}};
  pending_.erase(found);
  changed_.notify_all();
}

Result<void> Session::handle(Pdu pdu) {
  switch (pdu.command) {
    case Command::submit_sm_resp:
    case Command::generic_nack: answer_pending(pdu); return {};
    case Command::enquire_link_resp: is_asked_ = false; return {};
    case Command::unbind_resp: return fail(lost("unbound"));
    default: break;
  }
  std::lock_guard lock(mutex_);
  if (pdu.command == Command::enquire_link) {
    queue({.command = Command::enquire_link_resp, .sequence = pdu.sequence, .body = {}});
  } else if (pdu.command == Command::unbind) {
    const Bytes answer = wire::encode(Pdu{.command = Command::unbind_resp, .sequence = pdu.sequence, .body = {}});
    static_cast<void>(line_->send(answer));
    return fail(lost("the server unbound"));
  } else if (pdu.command == Command::deliver_sm) {
    if (deliveries_.size() < kDeliverQueueMax) {
      deliveries_.push_back(std::move(pdu));
      changed_.notify_all();
    } else {
      queue({.command = Command::deliver_sm_resp,
             .status = wire::kQueueFull,
             .sequence = pdu.sequence,
             .body = wire::response_text("")});
    }
  } else if (!pdu.is_response()) {
    queue(
        {.command = Command::generic_nack, .status = wire::kInvalidCommand, .sequence = pdu.sequence, .body = {}});
  }
  return {};
}

void Session::run_deliveries() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return ending_ || !deliveries_.empty(); });
    if (deliveries_.empty()) return;
    Pdu pdu = std::move(deliveries_.front());
    deliveries_.pop_front();
    const std::uint64_t connection = connection_;
    lock.unlock();
    auto message = wire::read_message(pdu.body);
    std::uint32_t status = wire::kOk;
    if (!message) {
      log_error("smpp.bad_delivery", {{"error", message.error().message}});
      status = wire::kInvalidLength;
    } else if (!deliver_(*message)) {
      status = wire::kTemporaryAppError;
    }
    lock.lock();
    if (connection != connection_) continue;
    queue({.command = Command::deliver_sm_resp,
           .status = status,
           .sequence = pdu.sequence,
           .body = wire::response_text("")});
    changed_.notify_all();
    wake();
  }
}

}  // namespace postroom::smpp
