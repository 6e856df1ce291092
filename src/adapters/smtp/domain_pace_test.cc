#include "adapters/smtp/domain_pace.h"

#include <gtest/gtest.h>

namespace postroom::smtp {
namespace {

using namespace std::chrono_literals;

TEST(DomainPace, ABurstThenOneAnInterval) {
  DomainPace pace(60);
  DomainPace::Time now{};
  for (int i = 0; i < DomainPace::kBurst; ++i)
    EXPECT_EQ(pace.next("a.example", "m" + std::to_string(i), now, 0s), 0s);
  EXPECT_EQ(pace.next("b.example", "n", now, 0s), 0s);
  EXPECT_EQ(pace.next("a.example", "x", now, 2s), 1s);
  EXPECT_EQ(pace.next("a.example", "y", now, 2s), 2s);
  EXPECT_EQ(pace.next("a.example", "z", now + 1h, 0s), 0s);
}

TEST(DomainPace, APlaceIsKeptForWhoHasToComeAgain) {
  DomainPace pace(60);
  DomainPace::Time now{};
  for (int i = 0; i < DomainPace::kBurst; ++i) pace.next("a.example", "m" + std::to_string(i), now, 0s);
  EXPECT_EQ(pace.next("a.example", "x", now, 0s), 1s);
  EXPECT_EQ(pace.next("a.example", "y", now, 0s), 2s);
  // Too early: the same place. In time, or a little late: it goes, whoever else came meanwhile.
  EXPECT_EQ(pace.next("a.example", "y", now + 1s, 0s), 1s);
  EXPECT_EQ(pace.next("a.example", "z", now + 2s, 0s), 1s);
  EXPECT_EQ(pace.next("a.example", "y", now + 2s, 0s), 0s);
  EXPECT_EQ(pace.next("a.example", "z", now + 4s, 0s), 0s);
  // One that comes much too late takes a new place, which is free by then.
  EXPECT_EQ(pace.next("a.example", "x", now + 62s, 0s), 0s);
  // A place that was used is gone.
  for (int i = 0; i < DomainPace::kBurst - 1; ++i) pace.next("a.example", "n" + std::to_string(i), now + 62s, 0s);
  EXPECT_EQ(pace.next("a.example", "x", now + 62s, 0s), 1s);
}

TEST(DomainPace, BeyondTenMinutesNobodyHasAPlace) {
  DomainPace pace(1);
  DomainPace::Time now{};
  for (int i = 0; i < DomainPace::kBurst + 10; ++i) pace.next("a.example", "m" + std::to_string(i), now, 0s);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pace.next("a.example", "x", now, 0s), 10min);
  // Having asked costs nothing: the eleventh place is the first one's that asks when it is near enough.
  EXPECT_EQ(pace.next("a.example", "x", now + 1min, 0s), 10min);
  EXPECT_EQ(pace.next("a.example", "y", now + 1min, 0s), 10min);
  EXPECT_EQ(pace.next("a.example", "x", now + 11min, 0s), 0s);
  EXPECT_EQ(pace.next("a.example", "y", now + 11min, 0s), 1min);
}

TEST(DomainPace, ZeroMeansNoLimit) {
  DomainPace pace(0);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(pace.next("a.example", "m", {}, 0s), 0s);
}

TEST(SilentDomains, RestForAMinute) {
  SilentDomains silent;
  DomainPace::Time now{};
  EXPECT_EQ(silent.find("a.example", now), "");
  silent.add("a.example", "nobody there", now);
  EXPECT_EQ(silent.find("a.example", now + 59s), "nobody there");
  EXPECT_EQ(silent.find("b.example", now), "");
  EXPECT_EQ(silent.find("a.example", now + 60s), "");
  silent.add("a.example", "nobody there", now);
  silent.remove("a.example");
  EXPECT_EQ(silent.find("a.example", now), "");
}

}  // namespace
}  // namespace postroom::smtp
