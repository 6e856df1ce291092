// How many wrong answers one client may give within an hour, over all documents. Kept in memory: each document's
// own limit is stored and holds across restarts and processes; this one keeps a client from going from link to
// link.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace postroom::flows {

// Safe from several threads.
class GuessLimit {
 public:
  static constexpr std::size_t kClientsMax = 50'000;

  GuessLimit(int guesses_max, Duration window) : guesses_max_(guesses_max), window_(window) {}

  // When the client may guess again; nothing: now.
  std::optional<UtcTime> blocked_until(std::string_view client, UtcTime now);
  void count(std::string_view client, UtcTime now);

 private:
  struct Guesses {
    int count = 0;
    UtcTime since;
  };

  int guesses_max_;
  Duration window_;
  std::mutex mutex_;
  std::unordered_map<std::string, Guesses> clients_;
};

}  // namespace postroom::flows
