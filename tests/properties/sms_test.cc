// What texts cost never falls as they grow, and what was made sendable stays as it is.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/content/sms.h"
#include "generators.h"

namespace postroom::properties {
namespace {

using namespace content;

const std::vector<std::string> kPieces = joined(kSpaces, {"a",
                                                          "word",
                                                          "€",
                                                          "[",
                                                          "^",
                                                          "ŵ",
                                                          "Ŷ",
                                                          "ç",
                                                          "ñ",
                                                          "ấ",
                                                          "🙂",
                                                          "–",
                                                          "“",
                                                          "‘",
                                                          ",",
                                                          ".",
                                                          "`",
                                                          "Ł",
                                                          "e\u0301",
                                                          "0123456789",
                                                          "\xFF",
                                                          "((name))",
                                                          "((a??b))",
                                                          "€€€€€€€€€€€€€€€€€€€€",
                                                          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"});

RC_GTEST_PROP(SmsFragments, GrowWithTheText, ()) {
  std::string begin = *text_of(kPieces);
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) begin += begin.size() < 4000 ? begin : "";
  std::string more = *some_text_of(kPieces);
  SmsText shorter = sanitise_sms(begin);
  SmsText longer = sanitise_sms(begin + more);
  RC_ASSERT(longer.characters >= shorter.characters);
  RC_ASSERT(longer.fragments() >= shorter.fragments());
  RC_ASSERT(sanitise_sms(begin, "Office").fragments() >= shorter.fragments());
}

RC_GTEST_PROP(SmsFragments, GrowWithEachCharacter, ()) {
  auto characters = *rc::gen::inRange<std::size_t>(0, 2000);
  auto extended = *rc::gen::inRange<std::size_t>(0, characters + 1);
  bool ucs2 = *rc::gen::arbitrary<bool>();
  int fragments = sms_fragments(characters, extended, ucs2);
  RC_ASSERT(sms_fragments(characters + 1, extended, ucs2) >= fragments);
  RC_ASSERT(sms_fragments(characters + 1, extended + 1, ucs2) >= fragments);
  RC_ASSERT(sms_fragments(characters + 1, extended, true) >= fragments);
  RC_ASSERT(fragments >= 1);
}

// Blanks before full stops and commas are removed before other white space becomes blanks and an ellipsis three
// full stops; so a text with those may change again, once.
RC_GTEST_PROP(SmsText, IsDoneAfterTwo, ()) {
  std::string twice = sanitise_sms(sanitise_sms(*text_of(joined(kPieces, {"…", " …"}))).text).text;
  SmsText again = sanitise_sms(twice);
  RC_ASSERT(again.text == twice);
  RC_ASSERT(again.replaced.empty());
}

RC_GTEST_PROP(SmsText, WithoutSuchMarksIsDoneAfterOne, ()) {
  std::string text = *text_of(kPieces);
  std::erase_if(text, [](char c) { return c == ',' || c == '.'; });
  std::string once = sanitise_sms(text).text;
  SmsText again = sanitise_sms(once);
  RC_ASSERT(again.text == once);
  RC_ASSERT(again.replaced.empty());
}

}  // namespace
}  // namespace postroom::properties
