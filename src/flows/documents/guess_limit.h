// How many wrong answers one client may give within an hour, over all documents. Kept in memory: each document's
// own limit is stored and holds across restarts and processes; this one keeps a client from going from link to
// link.
#pragma once

#include <mutex>
#include <optional>
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

  // Takes one of the client's guesses: nothing when there was one left, else when it may guess again. Taken before
  // the answer is looked at, so that guesses at once cannot get past the limit.
  std::optional<UtcTime> take(std::string_view client, UtcTime now);
  // The guess was none after all.
  void give_back(std::string_view client);

 private:
  struct Guesses {
    int count = 0;
    UtcTime since;
  };

  void make_room(UtcTime now);

  int guesses_max_;
  Duration window_;
  std::mutex mutex_;
  std::unordered_map<std::string, Guesses> clients_;
};

}  // namespace postroom::flows
