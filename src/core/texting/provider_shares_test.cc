// Shares and how they move. Varied: paces, errors, ages of the last change, each at its limit.
#include "core/texting/provider_shares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postroom::texting {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const UtcTime kNow = *parse_rfc3339("2026-05-14T12:00:00Z");
const std::map<std::string, int, std::less<>> kResting{{"mmg", 51}, {"firetext", 49}};

std::vector<ProviderShare> two(int mmg, int firetext, Duration mmg_age = 1h, Duration firetext_age = 1h) {
  return {{"mmg", mmg, true, kNow - mmg_age}, {"firetext", firetext, true, kNow - firetext_age}};
}
std::vector<ShareMove> slow_step(std::vector<ProviderShare> providers) {
  return take_step_from("mmg", providers, kGuardAfterSlow, kNow);
}

TEST(ProviderShares, S5_2_AStepOfTenGoesToTheOther) {
  EXPECT_THAT(slow_step(two(51, 49)), ElementsAre(ShareMove{"mmg", 41}, ShareMove{"firetext", 59}));
  // Clamped at the ends: the sum may exceed 100.
  EXPECT_THAT(slow_step(two(5, 95)), ElementsAre(ShareMove{"mmg", 0}, ShareMove{"firetext", 100}));
  EXPECT_THAT(slow_step(two(5, 60)), ElementsAre(ShareMove{"mmg", 0}, ShareMove{"firetext", 70}));
  EXPECT_THAT(slow_step(two(0, 100)), IsEmpty());
}

TEST(ProviderShares, S5_2_AShareThatJustChangedIsLeftAlone) {
  EXPECT_THAT(slow_step(two(51, 49, 4min)), IsEmpty());
  EXPECT_THAT(slow_step(two(51, 49, 1h, 4min)), IsEmpty()) << "either of the two";
  EXPECT_THAT(slow_step(two(51, 49, 5min - 1us)), IsEmpty());
  EXPECT_EQ(slow_step(two(51, 49, 5min)).size(), 2u);
  auto providers = two(51, 49, 1min);
  EXPECT_EQ(take_step_from("mmg", providers, kGuardAfterErrors, kNow).size(), 2u);
  providers = two(51, 49, 59s);
  EXPECT_THAT(take_step_from("mmg", providers, kGuardAfterErrors, kNow), IsEmpty());
}

TEST(ProviderShares, S5_2_AStepNeedsTwoActive) {
  auto providers = two(51, 49);
  providers[1].is_active = false;
  EXPECT_THAT(slow_step(providers), IsEmpty());
  providers = two(51, 49);
  providers[0].is_active = false;
  EXPECT_THAT(slow_step(providers), IsEmpty());
  EXPECT_THAT(take_step_from("other", two(51, 49), kGuardAfterSlow, kNow), IsEmpty());
}

TEST(ProviderShares, SeveralOthersShareTheStep) {
  std::vector<ProviderShare> four = two(40, 20);
  four.push_back({"twilio", 20, true, kNow - 1h});
  four.push_back({"smpp", 20, true, kNow - 1h});
  EXPECT_THAT(slow_step(four), ElementsAre(ShareMove{"mmg", 30}, ShareMove{"firetext", 24}, ShareMove{"twilio", 23},
                                           ShareMove{"smpp", 23}));
}

TEST(ProviderShares, S5_2_SlowIsFifteenPercentAndNotEverybody) {
  const std::vector<std::string> active{"mmg", "firetext"};
  auto slow = [&](std::vector<Pace> paces) { return slow_providers(paces, active); };
  EXPECT_THAT(slow({{"mmg", 100, 20}, {"firetext", 100, 0}}), ElementsAre("mmg"));
  EXPECT_THAT(slow({{"mmg", 100, 15}, {"firetext", 100, 0}}), ElementsAre("mmg")) << "exactly 15 %";
  EXPECT_THAT(slow({{"mmg", 1000, 149}, {"firetext", 100, 0}}), IsEmpty());
  EXPECT_THAT(slow({{"mmg", 100, 20}, {"firetext", 100, 20}}), IsEmpty()) << "all are";
  EXPECT_THAT(slow({{"mmg", 100, 20}}), ElementsAre("mmg")) << "one without texts is not slow";
  EXPECT_THAT(slow({}), IsEmpty());
  EXPECT_THAT(slow({{"sandbox", 100, 100}}), IsEmpty()) << "not one of those in use";
}

TEST(ProviderShares, S5_4_SharesGoBackAStepAtATime) {
  EXPECT_THAT(step_to_rest(two(45, 55), kResting, kNow),
              ElementsAre(ShareMove{"mmg", 51}, ShareMove{"firetext", 49}));
  EXPECT_THAT(step_to_rest(two(11, 89), kResting, kNow),
              ElementsAre(ShareMove{"mmg", 21}, ShareMove{"firetext", 79}));
  EXPECT_THAT(step_to_rest(two(51, 49), kResting, kNow), IsEmpty());
  EXPECT_THAT(step_to_rest(two(11, 89, 15min - 1us), kResting, kNow), IsEmpty());
  EXPECT_EQ(step_to_rest(two(11, 89, 15min, 15min), kResting, kNow).size(), 2u);
  EXPECT_THAT(step_to_rest(two(11, 89), {}, kNow), IsEmpty());
}

TEST(ProviderShares, S5_5_PercentOfAllTexts) {
  EXPECT_EQ(slow_percent({}), 0);
  EXPECT_EQ(slow_percent(std::vector<Pace>{{"mmg", 100, 10}, {"firetext", 100, 10}}), 10);
  EXPECT_EQ(slow_percent(std::vector<Pace>{{"mmg", 1000, 99}}), 9);
}

TEST(ProviderShares, S5_1_TheDrawFollowsTheWeights) {
  SeededRandom random(7);
  int first = 0;
  const std::vector<int> weights{51, 49};
  for (int i = 0; i < 10'000; ++i) {
    auto order = draw_order(weights, random);
    ASSERT_EQ(order.size(), 2u);
    ASSERT_NE(order[0], order[1]);
    if (order[0] == 0) ++first;
  }
  EXPECT_NEAR(first, 5'100, 200);
}

TEST(ProviderShares, S5_1_WeightZeroIsNeverFirstUnlessAllAre) {
  SeededRandom random(7);
  const std::vector<int> one{100, 0};
  int of_zero[2] = {0, 0};
  const std::vector<int> none{0, 0};
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_THAT(draw_order(one, random), ElementsAre(0u, 1u));
    ++of_zero[draw_order(none, random)[0]];
  }
  EXPECT_NEAR(of_zero[0], 500, 80);
  EXPECT_THAT(draw_order({}, random), IsEmpty());
  const std::vector<int> negative{-5, 3};
  EXPECT_THAT(draw_order(negative, random), ElementsAre(1u, 0u));
}

}  // namespace
}  // namespace postroom::texting
