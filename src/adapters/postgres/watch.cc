#include "adapters/postgres/watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "base/log.h"
#include "base/text.h"

namespace postroom::postgres {
namespace {

constexpr std::string_view kListen = "LISTEN postroom_tasks";
constexpr std::string_view kNotify = "SELECT pg_notify('postroom_tasks', $1)";
constexpr std::size_t kSenderBytes = 8;

int make_event_descriptor() {
  const int descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return descriptor;
}

}  // namespace

Watch::Watch(Connector& connector, store_common::TaskSignals& signals, Random& random)
    : connector_(connector),
      signals_(signals),
      sender_(to_hex(random.bytes(kSenderBytes))),
      wake_descriptor_(make_event_descriptor()),
      thread_([this] { loop(); }) {}

Watch::~Watch() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  ::eventfd_write(wake_descriptor_, 1);
  thread_.join();
  ::close(wake_descriptor_);
}

void Watch::touched(const TouchedQueues& queues) {
  signals_.touched(queues);
  bool was_empty = false;
  {
    std::lock_guard lock(mutex_);
    was_empty = pending_.empty();
    for (const std::string& queue : queues) {
      if (!pending_.contains(queue)) pending_.insert(queue);
    }
  }
  if (was_empty) ::eventfd_write(wake_descriptor_, 1);
}

bool Watch::is_stopping() {
  std::lock_guard lock(mutex_);
  return is_stopping_;
}

void Watch::wait(int socket, std::chrono::milliseconds timeout) {
  std::array<pollfd, 2> entries{{{wake_descriptor_, POLLIN, 0}, {socket, POLLIN, 0}}};
  ::poll(entries.data(), socket < 0 ? 1 : 2, static_cast<int>(timeout.count()));
  eventfd_t ignored = 0;
  ::eventfd_read(wake_descriptor_, &ignored);
}

void Watch::loop() {
  while (!is_stopping()) {
    try {
      auto connection = connector_.connect();
      connection->query(kListen);
      // What was sent while we were away is lost: everybody looks.
      signals_.wake_all();
      serve(*connection);
    } catch (const DatabaseError& error) {
      if (is_stopping()) return;
      log_warning("database.watch_lost", {{"error", error.what()}});
      wait(-1, kTaskPoll);
    }
  }
}

void Watch::serve(Connection& connection) {
  while (!is_stopping()) {
    send_pending(connection);
    hear(connection);
    wait(connection.socket(), kTaskPoll);
  }
}

void Watch::hear(Connection& connection) {
  if (!connection.is_alive()) throw DatabaseError("", "the connection to the database was lost");
  TouchedQueues queues;
  while (auto payload = connection.next_notification()) {
    if (payload->size() <= sender_.size() || payload->starts_with(sender_)) continue;
    queues.insert(payload->substr(sender_.size()));
  }
  if (!queues.empty()) signals_.touched(queues);
}

void Watch::send_pending(Connection& connection) {
  TouchedQueues queues;
  {
    std::lock_guard lock(mutex_);
    queues.swap(pending_);
  }
  if (queues.empty()) return;
  for (const std::string& queue : queues) connection.query(kNotify, sender_ + queue);
  std::this_thread::sleep_for(kNotifyPause);
}

}  // namespace postroom::postgres
