#include "flows/documents/guess_limit.h"

namespace postroom::flows {

std::optional<UtcTime> GuessLimit::blocked_until(std::string_view client, UtcTime now) {
  std::lock_guard lock(mutex_);
  auto found = clients_.find(std::string(client));
  if (found == clients_.end() || found->second.count < guesses_max_) return std::nullopt;
  const UtcTime until = found->second.since + window_;
  return until > now ? std::optional(until) : std::nullopt;
}

void GuessLimit::count(std::string_view client, UtcTime now) {
  std::lock_guard lock(mutex_);
  if (clients_.size() >= kClientsMax) {
    std::erase_if(clients_, [&](const auto& entry) { return entry.second.since + window_ <= now; });
    // Still full: whoever comes from that many addresses is not held up by counting them.
    if (clients_.size() >= kClientsMax) clients_.clear();
  }
  Guesses& guesses = clients_[std::string(client)];
  if (guesses.count == 0 || guesses.since + window_ <= now) guesses = {.count = 0, .since = now};
  ++guesses.count;
}

}  // namespace postroom::flows
