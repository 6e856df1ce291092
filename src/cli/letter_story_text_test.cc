#include "cli/letter_story_text.h"

#include <gtest/gtest.h>

namespace postroom::cli {
namespace {

json::object story() {
  return parse_json(R"({"id":"i","reference":"REF0000000000001","service":"Council","status":"sending",
      "postage":"second","sheets":2,"run_day":"2026-11-25","despatched_on":null,"printed_by":"2026-11-26",
      "story":[{"at":"x","local":"Wed 2026-11-25 12:00:00","event":"accepted","text":"accepted by hand"}],
      "concerns":[{"kind":"alert","at":null,"local":null,"text":"overdue"}],
      "next":[{"at":null,"local":null,"text":"nothing"}]})")
      .value()
      .get_object();
}

TEST(LetterStoryText, tells_facts_story_concerns_and_next_in_that_order) {
  EXPECT_EQ(letter_story_text(story()),
            "Letter REF0000000000001 of Council\n"
            "  id            i\n"
            "  state         sending\n"
            "  postage       second\n"
            "  sheets        2\n"
            "  run of        2026-11-25\n"
            "  printed by    2026-11-26\n"
            "\nWhat happened\n"
            "  Wed 2026-11-25 12:00:00  accepted by hand\n"
            "\nWhat needs a person\n"
            "                           alert: overdue\n"
            "\nWhat happens next\n"
            "                           nothing\n");
}

TEST(LetterStoryText, leaves_out_what_is_empty) {
  json::object quiet = story();
  quiet["concerns"] = json::array{};
  quiet["sheets"] = 0;
  const std::string text = letter_story_text(quiet);
  EXPECT_EQ(text.find("needs a person"), std::string::npos);
  EXPECT_NE(text.find("not rendered"), std::string::npos);
}

}  // namespace
}  // namespace postroom::cli
