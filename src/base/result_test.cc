// Varied: where in a chain of calls an error arises. The macros must hand on the value or exactly that error, and
// evaluate each expression once.
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace postroom {
namespace {

Result<int> half(int value, int& calls) {
  ++calls;
  if (value % 2 != 0) return fail(ErrorKind::invalid_input, "odd");
  return value / 2;
}

Result<std::string> quarter_text(int value, int& calls) {
  POSTROOM_TRY(once, half(value, calls));
  POSTROOM_TRY(twice, half(once, calls));
  return std::to_string(twice);
}

Result<void> check_even(int value, int& calls) {
  POSTROOM_CHECK(half(value, calls));
  return {};
}

TEST(TryMacro, GivesTheValueOrReturnsTheError) {
  struct Case {
    int value;
    int calls;
    std::string text;  // empty: an error
  };
  for (const Case& c : {Case{8, 2, "2"}, Case{6, 2, ""}, Case{5, 1, ""}}) {
    int calls = 0;
    auto result = quarter_text(c.value, calls);
    EXPECT_EQ(result.has_value(), !c.text.empty()) << c.value;
    EXPECT_EQ(calls, c.calls) << c.value;
    if (result) {
      EXPECT_EQ(*result, c.text);
    } else {
      EXPECT_EQ(result.error(), (Error{ErrorKind::invalid_input, "odd"}));
    }
  }
}

TEST(TryMacro, MovesValuesThatCannotBeCopied) {
  auto inner = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  auto outer = [&]() -> Result<int> {
    POSTROOM_TRY(value, inner());
    return *value;
  };
  EXPECT_EQ(*outer(), 7);
}

TEST(CheckMacro, PassesOnOnlyErrors) {
  int calls = 0;
  EXPECT_TRUE(check_even(4, calls));
  auto odd = check_even(3, calls);
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().message, "odd");
  EXPECT_EQ(calls, 2);
}

TEST(FailIn, PutsThePlaceInFront) {
  Result<void> result = fail_in("upload A.ZIP", Error{ErrorKind::retry_later, "no answer"});
  EXPECT_EQ(result.error(), (Error{ErrorKind::retry_later, "upload A.ZIP: no answer"}));
}

TEST(ErrorKindNames, AreTheEnumerators) {
  const std::pair<ErrorKind, const char*> cases[] = {{ErrorKind::invalid_input, "invalid_input"},
                                                     {ErrorKind::not_found, "not_found"},
                                                     {ErrorKind::conflict, "conflict"},
                                                     {ErrorKind::forbidden, "forbidden"},
                                                     {ErrorKind::retry_later, "retry_later"},
                                                     {ErrorKind::rejected, "rejected"},
                                                     {ErrorKind::corrupt, "corrupt"},
                                                     {ErrorKind::internal, "internal"}};
  for (auto [kind, name] : cases) EXPECT_EQ(to_string(kind), name);
}

}  // namespace
}  // namespace postroom
