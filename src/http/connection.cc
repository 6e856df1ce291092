#include "http/connection.h"

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <ctime>
#include <optional>

#include "base/log.h"
#include "http/request_reader.h"
#include "http/response_writer.h"

// g++ 12 destroys brace-initialised and capturing temporaries twice when the expression also holds a co_await:
// in this file everything that goes into one has a name first.

namespace postroom::http {
namespace {

using namespace std::chrono_literals;
using Await = asio::use_awaitable_t<Executor>;

constexpr std::size_t kReadBytesMin = 4 * 1024;
constexpr std::size_t kReadBytesForBody = 64 * 1024;
constexpr std::size_t kWriteSliceBytes = 256 * 1024;
// How long and how much is read and thrown away after the last answer. Closing with unread bytes would make
// the kernel send a reset, which takes the answer out of the client's hands.
constexpr std::chrono::milliseconds kLingerAfterAnswer = 1s;
constexpr std::chrono::milliseconds kLingerAfterRefusal = 5s;
constexpr std::size_t kDiscardBytesMinimum = 1024 * 1024;
constexpr std::size_t kDiscardBodyFactor = 4;
constexpr std::size_t kLoggedPathCharsMax = 200;

enum class Phase { handshake, idle, header, body, handling, writing, lingering };

template <typename Stream>
constexpr bool kIsTls = !std::is_same_v<Stream, Socket>;

template <typename Stream>
class Connection final : public Swept, public Job {
 public:
  Connection(ServerState& state, IoThread& io, Stream stream, std::string remote_address)
      : state_(state),
        io_(io),
        stream_(std::move(stream)),
        remote_address_(std::move(remote_address)),
        reader_(state.options.max_header_bytes, state.options.max_body_bytes, state.options.body_limits) {
    buffer_.resize(kReadBytesMin);
    enter(kIsTls<Stream> ? Phase::handshake : Phase::idle);
    io_.add(*this);
  }
  ~Connection() override {
    io_.remove(*this);
    state_.connection_closed();
  }

  Task<void> serve() {
    if constexpr (kIsTls<Stream>) {
      ErrorCode error;
      auto token = asio::redirect_error(Await{}, error);
      co_await stream_.async_handshake(asio::ssl::stream_base::server, token);
      if (error) co_return;
    }
    while (true) {
      bool complete = co_await read_request();
      if (complete)
        co_await run_handler();
      else if (refusal_status_ != 0)
        prepare_refusal();
      else
        co_return;
      bool sent = co_await write_response();
      if (!sent) co_return;
      if (!keep_alive_) break;
      reader_.reset();
      response_ = Response{};
      enter(Phase::idle);
    }
    co_await linger();
  }

  SteadyTime deadline() const override { return deadline_; }
  SteadyTime idle_since() const override {
    return phase_ == Phase::idle || phase_ == Phase::lingering ? entered_ : SteadyTime::max();
  }
  void expire() override {
    if (phase_ == Phase::handling) {
      keep_alive_wanted_ = false;
      return;
    }
    expired_ = true;
    ErrorCode ignored;
    stream_.lowest_layer().cancel(ignored);
  }

  // The handler's turn, on a worker thread.
  void run() noexcept override;

 private:
  using Resume = typename asio::async_result<Await, void()>::handler_type;

  void enter(Phase phase) {
    phase_ = phase;
    entered_ = std::chrono::steady_clock::now();
    const ServerOptions& options = state_.options;
    switch (phase) {
      case Phase::handshake:
      case Phase::header: return end_after(options.header_timeout);
      case Phase::idle: return end_after(options.idle_timeout);
      case Phase::body: return end_after(options.body_timeout);
      case Phase::writing: return end_after(options.write_timeout);
      case Phase::handling: deadline_ = SteadyTime::max(); return;
      case Phase::lingering: return end_after(refusal_status_ != 0 ? kLingerAfterRefusal : kLingerAfterAnswer);
    }
  }
  void end_after(std::chrono::milliseconds time) { deadline_ = entered_ + time; }

  Task<bool> read_request();
  Task<void> say_continue();
  Task<void> run_handler();
  Task<bool> write_response();
  Task<void> linger();
  Task<std::size_t> read_some();

  // A request that arrives in the moment when its connection is let go is served all the same.
  bool has_unread_bytes() {
    ErrorCode ignored;
    return stream_.lowest_layer().available(ignored) > 0;
  }
  bool feed_reader();
  void make_room();
  void resume_soon();
  void prepare_refusal();
  void finish_head(bool keep_alive);

  ServerState& state_;
  IoThread& io_;
  Stream stream_;
  const std::string remote_address_;
  RequestReader reader_;
  std::string buffer_;
  std::size_t used_ = 0;  // received and not yet taken by the reader: the front of buffer_

  Phase phase_ = Phase::idle;
  SteadyTime entered_;
  SteadyTime deadline_;
  bool expired_ = false;
  std::atomic<bool> keep_alive_wanted_{true};  // cleared while a worker may look

  int refusal_status_ = 0;
  bool queue_full_ = false;
  bool keep_alive_ = false;
  Response response_;
  std::string head_;
  std::optional<Resume> resume_;
};

// Zero bytes mean that the connection is over or late.
template <typename Stream>
Task<std::size_t> Connection<Stream>::read_some() {
  ErrorCode error;
  auto token = asio::redirect_error(Await{}, error);
  auto room = asio::buffer(buffer_.data() + used_, buffer_.size() - used_);
  std::size_t size = co_await stream_.async_read_some(room, token);
  if (error || expired_) co_return 0;
  co_return size;
}

template <typename Stream>
void Connection<Stream>::make_room() {
  // The reader leaves at most an unfinished header or chunk line, which its own limit bounds.
  std::size_t wanted = reader_.header_done() ? kReadBytesForBody : std::max(used_ * 2, kReadBytesMin);
  if (phase_ == Phase::idle && used_ == 0 && buffer_.size() > kReadBytesMin) {
    buffer_.resize(kReadBytesMin);
    buffer_.shrink_to_fit();
  } else if (buffer_.size() < wanted) {
    buffer_.resize(wanted);
  }
}

// True when the request is whole or refused.
template <typename Stream>
bool Connection<Stream>::feed_reader() {
  std::size_t taken = reader_.feed(std::string_view(buffer_).substr(0, used_));
  if (taken == used_)
    used_ = 0;
  else if (taken > 0) {
    std::memmove(buffer_.data(), buffer_.data() + taken, used_ - taken);
    used_ -= taken;
  }
  if (reader_.state() == RequestReader::State::failed) refusal_status_ = reader_.refusal_status();
  // Only a chunk header without an end gets here: Beast has no limit of its own for those.
  else if (used_ >= kReadBytesForBody && reader_.state() == RequestReader::State::need_more &&
           reader_.header_done())
    refusal_status_ = 400;
  return refusal_status_ != 0 || reader_.state() == RequestReader::State::complete;
}

// True when a request is there. False with refusal_status_ 0 when there will be none.
template <typename Stream>
Task<bool> Connection<Stream>::read_request() {
  bool said_continue = false;
  while (true) {
    if (used_ > 0 && feed_reader()) co_return refusal_status_ == 0;
    if (!reader_.begun() && used_ == 0) {
      if (phase_ != Phase::idle) enter(Phase::idle);
    } else if (!reader_.header_done()) {
      if (phase_ != Phase::header) enter(Phase::header);
    } else if (phase_ != Phase::body) {
      enter(Phase::body);
    }
    if (phase_ == Phase::body && !said_continue && used_ == 0 && reader_.wants_continue()) {
      said_continue = true;
      co_await say_continue();
    }
    make_room();
    std::size_t size = co_await read_some();
    if (size == 0) {
      bool late = std::exchange(expired_, false);
      if (late && phase_ == Phase::idle && has_unread_bytes()) continue;
      if (late && phase_ != Phase::idle) refusal_status_ = 408;
      co_return false;
    }
    used_ += size;
  }
}

template <typename Stream>
Task<void> Connection<Stream>::say_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  ErrorCode error;  // a failure shows in the next read
  auto token = asio::redirect_error(Await{}, error);
  auto bytes = asio::buffer(kContinue.data(), kContinue.size());
  co_await asio::async_write(stream_, bytes, token);
}

template <typename Stream>
Task<void> Connection<Stream>::run_handler() {
  enter(Phase::handling);
  reader_.request().remote_address = remote_address_;
  auto start = [this](auto handler) {
    resume_.emplace(std::move(handler));
    // Once submitted, the worker owns all but io_ and resume_ until it posts back.
    queue_full_ = false;
    if (state_.workers.submit(*this)) return;
    queue_full_ = true;
    resume_soon();
  };
  Await token;
  co_await asio::async_initiate<Await, void()>(start, token);
  if (queue_full_) {
    Request& request = reader_.request();
    request.request_id = choose_request_id(request);
    response_ = state_.refusal(503, request);
    if (!response_.header("Retry-After")) response_.add("Retry-After", "1");
    finish_head(reader_.keep_alive());
  }
}

// The coroutine waits meanwhile, so reader_ and response_ belong to this thread.
template <typename Stream>
void Connection<Stream>::run() noexcept {
  Request& request = reader_.request();
  auto started = std::chrono::steady_clock::now();
  try {
    request.request_id = choose_request_id(request);
    LogTrace trace(request.request_id);
    // The handler may change the request, but the log line is about what came.
    std::string path = state_.options.log_requests ? request.path.substr(0, kLoggedPathCharsMax) : std::string();
    try {
      response_ = state_.handler(request);
    } catch (const std::exception& exception) {
      log_error("http.handler_failed", {{"what", exception.what()}});
      response_ = state_.refusal(500, request);
    } catch (...) {
      log_error("http.handler_failed", {{"what", "not a std::exception"}});
      response_ = state_.refusal(500, request);
    }
    finish_head(reader_.keep_alive());
    if (state_.options.log_requests) {
      double milliseconds =
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
      log_info("http.request", {{"method", request.method},
                                {"path", path},
                                {"status", response_.status},
                                {"milliseconds", milliseconds}});
    }
  } catch (...) {
    // Out of memory while answering: cutting this one connection is all that can be done.
    head_.clear();
    keep_alive_ = false;
  }
  resume_soon();
}

template <typename Stream>
void Connection<Stream>::resume_soon() {
  asio::post(io_.context(), [this] {
    Resume resume = std::move(*resume_);
    resume_.reset();
    std::move(resume)();
  });
}

template <typename Stream>
void Connection<Stream>::finish_head(bool keep_alive) {
  keep_alive_ = keep_alive && keep_alive_wanted_ && !state_.draining;
  const Request& request = reader_.request();
  std::string span_id = random_span_id();
  ResponseHead head{.keep_alive = keep_alive_,
                    .http_1_0 = reader_.is_http_1_0(),
                    .trace_id = request.request_id,
                    .span_id = span_id,
                    .fixed_headers = &state_.options.fixed_headers,
                    .now = std::time(nullptr)};
  head_ = write_head(response_, head);
}

template <typename Stream>
void Connection<Stream>::prepare_refusal() {
  Request& request = reader_.request();
  request.remote_address = remote_address_;
  request.request_id = choose_request_id(request);
  response_ = state_.refusal(refusal_status_, request);
  finish_head(false);
}

template <typename Stream>
Task<bool> Connection<Stream>::write_response() {
  if (head_.empty()) co_return false;
  bool has_body = reader_.request().method != "HEAD" && response_.status != 204 && response_.status != 304;
  std::string_view rest = has_body ? std::string_view(response_.body) : std::string_view();
  std::string_view head = head_;
  do {
    enter(Phase::writing);
    std::string_view slice = rest.substr(0, kWriteSliceBytes);
    std::array<asio::const_buffer, 2> parts = {asio::buffer(head.data(), head.size()),
                                               asio::buffer(slice.data(), slice.size())};
    ErrorCode error;
    auto token = asio::redirect_error(Await{}, error);
    co_await asio::async_write(stream_, parts, token);
    if (error || expired_) co_return false;
    rest.remove_prefix(slice.size());
    head = {};
  } while (!rest.empty());
  co_return true;
}

template <typename Stream>
Task<void> Connection<Stream>::linger() {
  enter(Phase::lingering);
  ErrorCode error;
  auto token = asio::redirect_error(Await{}, error);
  if constexpr (!kIsTls<Stream>) stream_.shutdown(Socket::shutdown_send, error);
  std::size_t left = std::max(kDiscardBytesMinimum, kDiscardBodyFactor * state_.options.max_body_bytes);
  buffer_.resize(std::max(buffer_.size(), kReadBytesForBody));
  used_ = 0;
  // Under TLS a client that has its answer closes by itself, or answers our close_notify below.
  bool expects_more = !kIsTls<Stream> || refusal_status_ != 0;
  while (expects_more && left > 0) {
    std::size_t size = co_await read_some();
    if (size == 0) break;
    left -= std::min(left, size);
  }
  if constexpr (kIsTls<Stream>) {
    if (!expired_) co_await stream_.async_shutdown(token);
  }
}

template <typename Stream>
Task<void> run_connection(std::unique_ptr<Connection<Stream>> connection) {
  try {
    co_await connection->serve();
  } catch (const std::exception& exception) {
    // One connection's trouble (out of memory) is not another's.
    log_error("http.connection_failed", {{"what", exception.what()}});
  }
}

template <typename Stream>
void spawn(ServerState& state, IoThread& io, Stream stream, std::string remote_address) {
  auto connection = std::make_unique<Connection<Stream>>(state, io, std::move(stream), std::move(remote_address));
  asio::co_spawn(io.context(), run_connection(std::move(connection)), asio::detached);
}

}  // namespace

void serve_connection(ServerState& state, IoThread& io, Socket socket, std::string remote_address) {
  state.connection_opened();
  auto begin = [&state, &io, socket = std::move(socket), remote = std::move(remote_address)]() mutable {
    if (state.tls == nullptr) return spawn(state, io, std::move(socket), std::move(remote));
    asio::ssl::stream<Socket> stream(std::move(socket), *state.tls);
    spawn(state, io, std::move(stream), std::move(remote));
  };
  asio::post(io.context(), std::move(begin));
}

}  // namespace postroom::http
