// Varied: spellings of one UUID, good and bad, and the times of time-ordered ones. Reading must be exact or lenient
// as asked, and ids of later milliseconds sort later.
#include "base/ids.h"

#include <gtest/gtest.h>

#include <set>

namespace postroom {
namespace {

constexpr const char* kText = "5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4b";

TEST(Uuid, ReadsSpellings) {
  struct Case {
    const char* text;
    bool strict, lenient;
  };
  const Case cases[] = {
      {kText, true, true},
      {"5E9F1C2A-0B3D-4F6E-8A7B-9C0D1E2F3A4B", true, true},
      {"5e9f1c2a0b3d4f6e8a7b9c0d1e2f3a4b", false, true},
      {"{5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4b}", false, true},
      {"urn:uuid:5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4b", false, true},
      {"5-e9f1c2a0b3d4f6e8a7b9c0d1e2f3a4b-", false, true},
      {"", false, false},
      {"5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4", false, false},
      {"5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4bb", false, false},
      {"5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4g", false, false},
      {" 5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3a4b", false, false},
      {"5e9f1c2a-0b3d-4f6e-8a7b-9c0d1e2f3-4b", false, false},
  };
  for (const Case& c : cases) {
    auto strict = Uuid::parse(c.text);
    auto lenient = Uuid::parse_lenient(c.text);
    EXPECT_EQ(strict.has_value(), c.strict) << c.text;
    EXPECT_EQ(lenient.has_value(), c.lenient) << c.text;
    if (strict) {
      EXPECT_EQ(strict->text(), kText);
    }
    if (lenient) {
      EXPECT_EQ(lenient->text(), kText);
    }
  }
}

TEST(Uuid, NeedsSixteenBytes) {
  for (std::size_t size : {0u, 15u, 16u, 17u}) {
    EXPECT_EQ(Uuid::from_bytes(Bytes(size, 'x')).has_value(), size == 16) << size;
  }
  Uuid id = *Uuid::parse(kText);
  EXPECT_EQ(Uuid::from_bytes(id.bytes()), id);
  EXPECT_FALSE(id.is_nil());
  EXPECT_TRUE(Uuid{}.is_nil());
}

TEST(Uuid, RandomOnesAreVersion4AndDiffer) {
  SeededRandom random(3);
  std::set<Uuid> seen;
  for (int i = 0; i < 1000; ++i) {
    Uuid id = Uuid::random(random);
    EXPECT_EQ(id.text()[14], '4');
    EXPECT_NE(std::string_view("89ab").find(id.text()[19]), std::string_view::npos);
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(Uuid, TimeOrderedOnesSortByMillisecond) {
  SeededRandom random(4);
  // 0x018c2d5e7a01 milliseconds is the first 48 bits.
  UtcTime start = from_micros(0x018c2d5e7a01LL * 1000);
  Uuid first = Uuid::time_ordered(start, random);
  EXPECT_EQ(first.text().substr(0, 15), "018c2d5e-7a01-7");
  Uuid same = Uuid::time_ordered(start + std::chrono::microseconds{999}, random);
  EXPECT_EQ(same.text().substr(0, 13), first.text().substr(0, 13));
  Uuid earlier = first;
  for (int i = 1; i < 300; ++i) {
    Uuid later = Uuid::time_ordered(start + std::chrono::milliseconds{i}, random);
    EXPECT_LT(earlier, later) << i;
    EXPECT_LT(earlier.text(), later.text()) << i;
    earlier = later;
  }
}

TEST(TypedId, WrapsAndHashes) {
  auto id = ServiceId::parse(kText);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->text(), kText);
  EXPECT_EQ(ServiceId::from_bytes(id->bytes()), id);
  EXPECT_EQ(ServiceId::parse_lenient("{" + std::string(kText) + "}"), id);
  EXPECT_FALSE(ServiceId::parse("x"));
  EXPECT_TRUE(ServiceId{}.is_nil());
  EXPECT_EQ(std::hash<ServiceId>{}(*id), std::hash<Uuid>{}(id->uuid()));
}

}  // namespace
}  // namespace postroom
