#include "adapters/smtp/session_pool.h"

namespace postroom::smtp {

SessionPool::~SessionPool() {
  for (auto& [key, server] : servers_)
    for (Idle& idle : server.idle) idle.session->quit();
}

bool SessionPool::has_room(const std::string& key) const {
  if (used_ >= limits_.connections_max) return false;
  auto found = servers_.find(key);
  return found == servers_.end() || found->second.used < limits_.connections_per_key;
}

// The one used last, whose connection is the likeliest to be alive.
std::unique_ptr<SmtpSession> SessionPool::idle_session(Server& server) {
  const Deadline now = std::chrono::steady_clock::now();
  while (!server.idle.empty()) {
    Idle idle = std::move(server.idle.back());
    server.idle.pop_back();
    --idle_;
    if (now - idle.since < limits_.idle_max && idle.session->is_usable()) return std::move(idle.session);
  }
  return nullptr;
}

// Idle connections count too: one to another server makes room.
std::unique_ptr<SmtpSession> SessionPool::close_another() {
  auto oldest = servers_.end();
  for (auto server = servers_.begin(); server != servers_.end(); ++server) {
    if (server->second.idle.empty()) continue;
    if (oldest == servers_.end() || server->second.idle.front().since < oldest->second.idle.front().since)
      oldest = server;
  }
  if (oldest == servers_.end()) return nullptr;
  std::unique_ptr<SmtpSession> session = std::move(oldest->second.idle.front().session);
  oldest->second.idle.erase(oldest->second.idle.begin());
  --idle_;
  if (oldest->second.is_empty()) servers_.erase(oldest);
  return session;
}

bool SessionPool::wait_for_room(std::unique_lock<std::mutex>& lock, const std::string& key,
                                std::chrono::milliseconds wait) {
  const auto server = servers_.try_emplace(key).first;
  if (server->second.waiting >= limits_.waiting_per_key) return false;
  ++server->second.waiting;
  const bool has = freed_.wait_for(lock, wait, [&] { return has_room(key); });
  --server->second.waiting;
  if (!has && server->second.is_empty()) servers_.erase(server);
  return has;
}

std::optional<SessionPool::Place> SessionPool::take(const std::string& key, std::chrono::milliseconds wait) {
  std::unique_ptr<SmtpSession> open, closing;
  {
    std::unique_lock lock(mutex_);
    if (!has_room(key) && !wait_for_room(lock, key, wait)) return std::nullopt;
    Server& server = servers_[key];
    ++server.used;
    ++used_;
    open = idle_session(server);
    if (!open && used_ + idle_ > limits_.connections_max) closing = close_another();
  }
  if (closing) closing->quit();
  return std::optional<Place>(std::in_place, *this, key, std::move(open));
}

void SessionPool::give_back(const std::string& key, std::unique_ptr<SmtpSession> session) {
  const bool keep =
      session != nullptr && session->is_usable() && session->messages() < limits_.messages_per_connection;
  if (session != nullptr && !keep) {
    session->quit();
    session.reset();
  }
  {
    std::lock_guard lock(mutex_);
    auto server = servers_.find(key);
    --server->second.used;
    --used_;
    if (session != nullptr) {
      server->second.idle.push_back({std::move(session), std::chrono::steady_clock::now()});
      ++idle_;
    } else if (server->second.is_empty()) {
      servers_.erase(server);
    }
  }
  freed_.notify_all();
}

}  // namespace postroom::smtp
