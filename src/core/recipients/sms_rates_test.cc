// The table of prices: the built-in file, and files that operators give.
#include "core/recipients/sms_rates.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace postroom::recipients {
namespace {

std::string read_source_file(const std::string& path) {
  std::ifstream in(std::string(POSTROOM_SOURCE_DIR "/") + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(SmsRates, built_in_table_is_the_file_in_data) {
  auto file = SmsRates::parse(read_source_file("data/sms_rates.tsv"));
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->all().size(), 223u);
  ASSERT_EQ(SmsRates::built_in().all().size(), file->all().size());
  for (const SmsRate& rate : file->all()) {
    const SmsRate* built_in = SmsRates::built_in().find(rate.prefix);
    ASSERT_TRUE(built_in) << rate.prefix;
    EXPECT_EQ(built_in->multiplier, rate.multiplier);
    EXPECT_FALSE(rate.names.empty()) << rate.prefix;
  }
}

TEST(SmsRates, known_entries) {
  const SmsRates& rates = SmsRates::built_in();
  EXPECT_EQ(rates.find("44")->multiplier, 2);
  EXPECT_EQ(rates.find("44")->names, (std::vector<std::string>{"Guernsey", "Isle of Man", "Jersey"}));
  EXPECT_EQ(rates.find("1")->alpha, AlphaSenders::no);
  EXPECT_EQ(rates.find("1")->receipts, DeliveryReceipts::carrier);
  EXPECT_EQ(rates.find("7")->alpha, AlphaSenders::registered);
  EXPECT_EQ(rates.find("33")->receipts, DeliveryReceipts::yes);
  EXPECT_EQ(rates.find("886")->receipts, DeliveryReceipts::no);
  EXPECT_EQ(rates.find("62")->multiplier, 12);
  EXPECT_FALSE(rates.find("290"));
}

TEST(SmsRates, faulty_lines_are_named) {
  EXPECT_TRUE(SmsRates::parse("# comment\n\n33\t2\tyes\tyes\tFrance\n"));
  for (const char* text : {"33\t2\tyes\tyes", "x\t2\tyes\tyes\tF", "33\t0\tyes\tyes\tF", "33\t13\tyes\tyes\tF",
                           "33\t2\tmaybe\tyes\tF", "33\t2\tyes\tmaybe\tF"}) {
    auto table = SmsRates::parse(std::string("# first\n") + text);
    ASSERT_FALSE(table) << text;
    EXPECT_EQ(table.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(table.error().message.find("line 2"), std::string::npos) << table.error().message;
  }
  EXPECT_FALSE(SmsRates::parse("33\t2\tyes\tyes\tF\n33\t2\tyes\tyes\tF\n"));
}

}  // namespace
}  // namespace postroom::recipients
