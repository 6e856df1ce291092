#include "adapters/curl/curl_http_sender.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unordered_set>
#include <utility>

#include "adapters/curl/transfer.h"

namespace postroom::curl {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr int kEventsPerWait = 256;
constexpr int kWaitMillisecondsMax = 1'000;

struct MultiCloser {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

// A request from start() to its end.
struct Job {
  ports::HttpRequest request;
  ports::HttpSender::Done done;
  SteadyTime started_at;
  std::optional<Error> refusal;  // it is not sent at all
  Transfer transfer;
  Handle handle;

  void end(Result<ports::HttpResponse> response) {
    done(std::move(response), std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started_at));
  }
};

Error stopping() { return {ErrorKind::retry_later, "postroom is stopping: the request was cut off"}; }

}  // namespace

struct CurlHttpSender::Impl {
  explicit Impl(CurlOptions given) : options(std::move(given)), pool(options.idle_handles_max) {
    multi.reset(curl_multi_init());
    epoll = ::epoll_create1(EPOLL_CLOEXEC);
    wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!multi || epoll < 0 || wake < 0) throw std::runtime_error("no memory or descriptors for an HTTP sender");
    epoll_event event{.events = EPOLLIN, .data = {.fd = wake}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event);
    curl_multi_setopt(multi.get(), CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi.get(), CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi.get(), CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi.get(), CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, kKeptConnectionsMax);
    thread = std::thread([this] { run(); });
  }

  ~Impl() {
    is_stopping = true;
    ring();
    thread.join();
    // Closing kept connections calls back.
    multi.reset();
    ::close(epoll);
    ::close(wake);
  }

  void ring() const {
    const std::uint64_t one = 1;
    // Full means that it rings already.
    [[maybe_unused]] auto written = ::write(wake, &one, sizeof one);
  }

  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void* known) {
    Impl& self = *static_cast<Impl*>(user);
    if (what == CURL_POLL_REMOVE) {
      ::epoll_ctl(self.epoll, EPOLL_CTL_DEL, socket, nullptr);
      return 0;
    }
    epoll_event event{.events = 0, .data = {.fd = socket}};
    if (what != CURL_POLL_OUT) event.events |= EPOLLIN;
    if (what != CURL_POLL_IN) event.events |= EPOLLOUT;
    ::epoll_ctl(self.epoll, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    if (known == nullptr) curl_multi_assign(self.multi.get(), socket, user);
    return 0;
  }

  static int on_timer(CURLM*, long milliseconds, void* user) {
    Impl& self = *static_cast<Impl*>(user);
    self.timer.reset();
    if (milliseconds >= 0) self.timer = std::chrono::steady_clock::now() + std::chrono::milliseconds{milliseconds};
    return 0;
  }

  void begin(std::unique_ptr<Job> job) {
    if (job->refusal) return job->end(fail(*job->refusal));
    job->handle = pool.take();
    if (!job->handle) return job->end(fail(ErrorKind::internal, "no memory for an HTTP transfer"));
    CURL* handle = job->handle.get();
    prepare(handle, options, job->request, job->transfer);
    curl_easy_setopt(handle, CURLOPT_PRIVATE, job.get());
    if (const CURLMcode code = curl_multi_add_handle(multi.get(), handle); code != CURLM_OK)
      return job->end(fail(ErrorKind::internal, curl_multi_strerror(code)));
    under_way.insert(job.release());
  }

  std::vector<std::unique_ptr<Job>> handed_in() {
    std::lock_guard lock(mutex);
    return std::exchange(inbox, {});
  }

  void finish(Job* raw, Result<ports::HttpResponse> response) {
    under_way.erase(raw);
    const std::unique_ptr<Job> job(raw);
    curl_multi_remove_handle(multi.get(), job->handle.get());
    pool.give_back(std::move(job->handle));
    job->end(std::move(response));
  }

  void finish_ended() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* handle = message->easy_handle;
      const CURLcode code = message->data.result;
      char* user = nullptr;
      curl_easy_getinfo(handle, CURLINFO_PRIVATE, &user);
      Job* job = reinterpret_cast<Job*>(user);
      long status = 0;
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
      const bool is_only_long = (job->transfer.too_large || code == CURLE_FILESIZE_EXCEEDED) && status >= 200;
      if (is_only_long) {
        job->transfer.response.body.clear();
        job->transfer.response.status = static_cast<int>(status);
        finish(job, std::move(job->transfer.response));
      } else {
        finish(job, outcome_of(handle, code, job->request, job->transfer));
      }
    }
  }

  int wait_milliseconds() const {
    if (!timer) return kWaitMillisecondsMax;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*timer - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kWaitMillisecondsMax));
  }

  void run() {
    std::array<epoll_event, kEventsPerWait> events{};
    int running = 0;
    while (!is_stopping) {
      const int count = ::epoll_wait(epoll, events.data(), kEventsPerWait, wait_milliseconds());
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events.at(static_cast<std::size_t>(i));
        if (event.data.fd == wake) {
          std::uint64_t rings = 0;
          [[maybe_unused]] auto read_bytes = ::read(wake, &rings, sizeof rings);
          continue;
        }
        int what = 0;
        if ((event.events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
        if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
        if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
        curl_multi_socket_action(multi.get(), event.data.fd, what, &running);
      }
      for (std::unique_ptr<Job>& job : handed_in()) begin(std::move(job));
      if (timer && *timer <= std::chrono::steady_clock::now()) {
        timer.reset();
        curl_multi_socket_action(multi.get(), CURL_SOCKET_TIMEOUT, 0, &running);
      }
      finish_ended();
    }
    while (!under_way.empty()) finish(*under_way.begin(), fail(stopping()));
    // Ends may have started others.
    for (auto jobs = handed_in(); !jobs.empty(); jobs = handed_in())
      for (std::unique_ptr<Job>& job : jobs) job->end(fail(stopping()));
  }

  const CurlOptions options;
  HandlePool pool;
  std::unique_ptr<CURLM, MultiCloser> multi;
  int epoll = -1, wake = -1;
  std::optional<SteadyTime> timer;
  std::unordered_set<Job*> under_way;  // owned; libcurl knows them by their handles

  std::atomic<bool> is_stopping = false;
  std::mutex mutex;
  std::vector<std::unique_ptr<Job>> inbox;
  std::thread thread;
};

CurlHttpSender::CurlHttpSender(CurlOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
CurlHttpSender::~CurlHttpSender() = default;

void CurlHttpSender::start(ports::HttpRequest request, Done done) {
  auto job = std::make_unique<Job>();
  job->started_at = std::chrono::steady_clock::now();
  job->request = std::move(request);
  job->done = std::move(done);
  if (auto usable = check(job->request, !impl_->options.allow_private_addresses); !usable)
    job->refusal = std::move(usable).error();
  bool was_empty = false;
  {
    std::lock_guard lock(impl_->mutex);
    was_empty = impl_->inbox.empty();
    impl_->inbox.push_back(std::move(job));
  }
  if (was_empty) impl_->ring();
}

}  // namespace postroom::curl
