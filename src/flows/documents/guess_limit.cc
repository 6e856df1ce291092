#include "flows/documents/guess_limit.h"

namespace postroom::flows {

void GuessLimit::make_room(UtcTime now) {
  if (clients_.size() < kClientsMax) return;
  std::erase_if(clients_, [&](const auto& entry) { return entry.second.since + window_ <= now; });
  // Still full: whoever comes from that many addresses is not held up by counting them.
  if (clients_.size() >= kClientsMax) clients_.clear();
}

std::optional<UtcTime> GuessLimit::take(std::string_view client, UtcTime now) {
  std::lock_guard lock(mutex_);
  auto found = clients_.find(std::string(client));
  if (found == clients_.end()) {
    make_room(now);
    found = clients_.try_emplace(std::string(client)).first;
  }
  Guesses& guesses = found->second;
  if (guesses.count == 0 || guesses.since + window_ <= now) guesses = {.count = 0, .since = now};
  if (guesses.count >= guesses_max_) return guesses.since + window_;
  ++guesses.count;
  return std::nullopt;
}

void GuessLimit::give_back(std::string_view client) {
  std::lock_guard lock(mutex_);
  auto found = clients_.find(std::string(client));
  if (found != clients_.end() && found->second.count > 0) --found->second.count;
}

}  // namespace postroom::flows
