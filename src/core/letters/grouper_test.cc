// Varied: sizes, postages and services of letters in order. Held: which letters travel together.
#include "core/letters/grouper.h"

#include <gtest/gtest.h>

namespace postroom::letters {
namespace {

using notifications::Postage;
using Sizes = std::vector<std::uint64_t>;

PrintableLetter letter(std::uint64_t bytes, Postage postage = Postage::second, ServiceId service = {}) {
  return {.blob_key = std::string(61, 'k'), .service_id = service, .postage = postage, .bytes = bytes};
}

std::vector<LetterGroup> group_all(const GroupLimits& limits, std::vector<PrintableLetter> letters) {
  Grouper grouper(limits);
  std::vector<LetterGroup> groups;
  for (PrintableLetter& one : letters) {
    if (auto group = grouper.add(std::move(one))) groups.push_back(std::move(*group));
  }
  if (auto group = grouper.finish()) groups.push_back(std::move(*group));
  EXPECT_FALSE(grouper.finish());
  return groups;
}

std::vector<Sizes> group_sizes(const GroupLimits& limits, const Sizes& sizes) {
  std::vector<PrintableLetter> letters;
  for (std::uint64_t size : sizes) letters.push_back(letter(size));
  std::vector<Sizes> out;
  for (const LetterGroup& group : group_all(limits, letters)) {
    Sizes sizes_of_group;
    std::uint64_t sum = 0;
    for (const PrintableLetter& one : group.letters) {
      sizes_of_group.push_back(one.bytes);
      sum += one.bytes;
    }
    EXPECT_EQ(sum, group.bytes);
    out.push_back(sizes_of_group);
  }
  return out;
}

TEST(Grouper, CO4_table) {
  struct Case {
    Sizes sizes;
    std::vector<Sizes> groups;
    int letters_max = 5;
    std::uint64_t bytes_max = 100;
  };
  const std::vector<Case> cases{
      {{40, 60, 1}, {{40, 60}, {1}}},
      {{40, 61}, {{40}, {61}}},
      {{100}, {{100}}},
      {{100, 100}, {{100}, {100}}},
      {{101}, {{101}}},
      {{101, 1}, {{101}, {1}}},
      {{1, 101, 1}, {{1}, {101}, {1}}},
      {{0, 0, 0, 100, 1}, {{0, 0, 0, 100}, {1}}},
      {{1, 1, 1, 1, 1, 1, 1}, {{1, 1, 1}, {1, 1, 1}, {1}}, 3},
      {{50, 50, 50}, {{50, 50}, {50}}, 2},
      {{}, {}},
      {{524'288'000}, {{524'288'000}}, 5000, kZipBytesMaxDefault},
      {{524'287'999, 1}, {{524'287'999, 1}}, 5000, kZipBytesMaxDefault},
      {{524'287'999, 2}, {{524'287'999}, {2}}, 5000, kZipBytesMaxDefault},
      {{499, 2, 2}, {{499}, {2, 2}}, 5000, 500},  // X22
      {{500, 0}, {{500, 0}}, 5000, 500},          // X23
  };
  for (const Case& c : cases)
    EXPECT_EQ(group_sizes({.bytes_max = c.bytes_max, .letters_max = c.letters_max}, c.sizes), c.groups)
        << testing::PrintToString(c.sizes);
}

TEST(Grouper, CO4_X25_X26_5000_letters) {
  EXPECT_EQ(group_sizes({}, Sizes(5000, 1000)).size(), 1u);
  const auto two = group_sizes({}, Sizes(5001, 1000));
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].size(), 5000u);
  EXPECT_EQ(two[1].size(), 1u);
  Sizes full(4999, 104'857);
  full.push_back(524'288'000 - 4999 * std::uint64_t{104'857});
  EXPECT_EQ(group_sizes({}, full).size(), 1u);
  full.back() += 1;
  EXPECT_EQ(group_sizes({}, full).size(), 2u);
}

TEST(Grouper, CO5_keys_stay_under_the_message_limit) {
  // 61 characters, two quotes, a comma.
  const auto groups = group_sizes({.keys_bytes_max = 2 + 3 * 64}, Sizes(7, 1));
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].size(), 3u);
  EXPECT_EQ(groups[2].size(), 1u);
  // A key longer than the limit still travels, alone.
  EXPECT_EQ(group_sizes({.keys_bytes_max = 10}, Sizes(2, 1)).size(), 2u);
}

const ServiceId kA = *ServiceId::parse("00000000-0000-0000-0000-00000000000a");
const ServiceId kB = *ServiceId::parse("00000000-0000-0000-0000-00000000000b");

TEST(Grouper, CO4_X20_service_and_postage_split) {
  const std::vector<PrintableLetter> letters{letter(1, Postage::first, kA),  letter(1, Postage::first, kB),
                                             letter(1, Postage::second, kB), letter(1, Postage::second, kB),
                                             letter(1, Postage::europe, kA), letter(1, Postage::europe, kB)};
  const auto per_service = group_all({.per_service = true}, letters);
  ASSERT_EQ(per_service.size(), 5u);
  EXPECT_EQ(per_service[2].letters.size(), 2u);
  EXPECT_EQ(per_service[2].service_id(), kB);
  EXPECT_EQ(per_service[2].postage(), Postage::second);
  const auto mixed = group_all({.per_service = false}, letters);
  ASSERT_EQ(mixed.size(), 3u);
  for (const LetterGroup& group : mixed) EXPECT_EQ(group.letters.size(), 2u);
}

TEST(Grouper, CO6_no_setting_above_the_hard_limit) {
  EXPECT_TRUE(check_limits({}));
  EXPECT_TRUE(check_limits({.bytes_max = 2'147'483'647}));
  EXPECT_EQ(check_limits({.bytes_max = 2'147'483'648}).error().kind, ErrorKind::invalid_input);
  EXPECT_FALSE(check_limits({.bytes_max = 0}));
  EXPECT_FALSE(check_limits({.letters_max = 0}));
}

TEST(Grouper, X24_letters_that_fit_no_zip) {
  EXPECT_TRUE(is_too_large(2'254'857'830));  // 2.1 GB
  EXPECT_TRUE(is_too_large(2'147'483'647));
  EXPECT_FALSE(is_too_large(600'000'000));
}

}  // namespace
}  // namespace postroom::letters
