// How fast messages may go to one domain. Safe from several threads.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

namespace postroom::smtp {

class DomainPace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // So many may go at once after a rest.
  static constexpr int kBurst = 10;
  static constexpr std::size_t kDomainsMax = 20'000;

  static constexpr std::size_t kPlacesMax = 100'000;
  // Places are kept this far ahead, and so long after their time.
  static constexpr std::chrono::minutes kAheadMax{10};
  static constexpr std::chrono::minutes kPlaceKept{1};

  // 0: as fast as can be.
  explicit DomainPace(int messages_per_minute) : per_minute_(messages_per_minute) {}

  // How long to wait before `message` may go. That is its turn when it is at most `patience`; else its place is
  // kept until it asks again after so long. Beyond kAheadMax no place is kept: it asks again then.
  Time::duration next(const std::string& domain, const std::string& message, Time now, Time::duration patience);

 private:
  bool may_keep_place(Time now);

  const int per_minute_;
  std::mutex mutex_;
  std::unordered_map<std::string, Time> due_;     // when the domain's earlier messages are paid for
  std::unordered_map<std::string, Time> places_;  // by message: of those that are to ask again
};

// Domains whose servers could not be reached just now: their other messages need not find out again. Safe from
// several threads.
class SilentDomains {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kRest{60};
  static constexpr std::size_t kDomainsMax = 20'000;

  void add(const std::string& domain, std::string reason, Time now);
  void remove(const std::string& domain);
  // The reason, while the rest lasts.
  std::string find(const std::string& domain, Time now);

 private:
  struct Silence {
    Time until;
    std::string reason;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Silence> silences_;
};

}  // namespace postroom::smtp
