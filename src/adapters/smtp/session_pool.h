// Open conversations with mail servers, kept for the next message. Safe from several threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/smtp/smtp_session.h"

namespace postroom::smtp {

// Until a message that found no place asks again, at most.
inline constexpr std::chrono::seconds kBusyWaitMax{20};

struct PoolLimits {
  int connections_max = 8;      // at once, to all
  int connections_per_key = 8;  // at once, to one
  int messages_per_connection = 100;
  int waiting_per_key = std::numeric_limits<int>::max();  // senders at once
  std::chrono::seconds idle_max{20};  // servers close idle connections, some after less than a minute
};

class SessionPool {
 public:
  // A place among the connections, with an open session or room for a new one. Gives it back when destroyed: the
  // session stays open when it is good for more.
  class Place {
   public:
    Place(SessionPool& pool, std::string key, std::unique_ptr<SmtpSession> open)
        : pool_(&pool), key_(std::move(key)), session(std::move(open)) {}
    Place(Place&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          key_(std::move(other.key_)),
          session(std::move(other.session)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (pool_ != nullptr) pool_->give_back(key_, std::move(session));
    }

   private:
    SessionPool* pool_;
    std::string key_;

   public:
    std::unique_ptr<SmtpSession> session;
  };

  explicit SessionPool(PoolLimits limits) : limits_(limits) {}
  ~SessionPool();
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;

  // `key` says which server. Nothing when no place is free within `wait`, and at once when as many senders wait for
  // that server already as may.
  std::optional<Place> take(const std::string& key, std::chrono::milliseconds wait);

 private:
  struct Idle {
    std::unique_ptr<SmtpSession> session;
    Deadline since;
  };
  struct Server {
    int used = 0;     // places given out
    int waiting = 0;  // senders
    bool is_empty() const { return used == 0 && waiting == 0 && idle.empty(); }
    std::vector<Idle> idle;  // longest idle first
  };
  bool has_room(const std::string& key) const;
  bool wait_for_room(std::unique_lock<std::mutex>& lock, const std::string& key, std::chrono::milliseconds wait);
  std::unique_ptr<SmtpSession> idle_session(Server& server);
  std::unique_ptr<SmtpSession> close_another();
  void give_back(const std::string& key, std::unique_ptr<SmtpSession> session);

  const PoolLimits limits_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int used_ = 0;
  int idle_ = 0;
  std::map<std::string, Server> servers_;
};

}  // namespace postroom::smtp
