#include "core/letters/print_file.h"

#include <gtest/gtest.h>

namespace postroom::letters {
namespace {

using notifications::Postage;

ZipNameParts parts_of(Postage postage, int number) {
  return {.run_day = parse_date("2026-11-25").value(),
          .postage = postage,
          .number = number,
          .keys_hash = "dEkt-Sj8gq4Z_XE620Ru"};
}

TEST(PrintFile, names_tell_day_postage_and_number_and_are_read_back) {
  const std::string name = print_file_name(parts_of(Postage::second, 2));
  EXPECT_EQ(name, "2026-11-25.second.002.dEkt-Sj8gq4Z_XE620Ru.pdf");
  const auto facts = parse_print_file_name(name);
  ASSERT_TRUE(facts);
  EXPECT_EQ(format_date(facts->run_day), "2026-11-25");
  EXPECT_EQ(facts->postage, Postage::second);
  EXPECT_FALSE(facts->is_again);
  EXPECT_EQ(facts->day_for_people, "25 November 2026");
  EXPECT_EQ(facts->postage_for_people, "Second class");
}

TEST(PrintFile, every_postage_has_a_name_that_is_read_back) {
  for (Postage postage :
       {Postage::first, Postage::second, Postage::economy, Postage::europe, Postage::rest_of_world}) {
    const auto facts = parse_print_file_name(print_file_name(parts_of(postage, 1)));
    ASSERT_TRUE(facts) << postage_for_people(postage);
    EXPECT_EQ(facts->postage, postage);
    EXPECT_FALSE(facts->postage_for_people.empty());
  }
}

TEST(PrintFile, files_of_letters_printed_again_say_so) {
  const std::string name = print_file_name(parts_of(Postage::first, 0));
  EXPECT_EQ(name, "2026-11-25.first.again.dEkt-Sj8gq4Z_XE620Ru.pdf");
  EXPECT_TRUE(parse_print_file_name(name)->is_again);
  EXPECT_EQ(print_again_record_key(name), "2026-11-25/printed_again/" + name + ".TXT");
}

TEST(PrintFile, other_names_are_nothing) {
  for (const char* name :
       {"", "a.pdf", "2026-11-25.second.001.x.PDF", "2026-11-31.second.001.x.pdf", "2026-11-25.third.001.x.pdf",
        "2026-11-25.second.one.x.pdf", "2026-11-25.second.001..pdf", "NOTIFY.2026-11-25.2.001.x.ZIP"})
    EXPECT_FALSE(parse_print_file_name(name)) << name;
}

}  // namespace
}  // namespace postroom::letters
