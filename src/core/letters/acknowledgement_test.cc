// Varied: names and contents of acknowledgement files and records. Held: which zips count as unacknowledged.
#include "core/letters/acknowledgement.h"

#include <gtest/gtest.h>

namespace postroom::letters {
namespace {

using Names = std::set<std::string>;

struct FileCase {
  const char* name;
  const char* content;
  Names zips;
};

TEST(Acknowledgement, AK3_AK6_names_in_a_file) {
  const std::vector<FileCase> cases{
      {"root/dispatch/NOTIFY.20180111175007.ACK.txt",
       "NOTIFY.20180111175007.ZIP|20180111175733",
       {"NOTIFY.20180111175007.ZIP"}},
      {"NOTIFY.20180111.ACK.TXT", "notify.20180111175007.zip|20180111175733\n", {"NOTIFY.20180111175007.ZIP"}},
      {"NOTIFY.20180111175007.ZIP.ack.txt", "", {"NOTIFY.20180111175007.ZIP"}},
      {"Notify.20180111175007.Zip.ack.TXT", "", {"NOTIFY.20180111175007.ZIP"}},  // X71
      {"NOTIFY.A.ACK.TXT", "NOTIFY.A.ZIP|1\r\nNOTIFY.B.ZIP|2\r\n\r\n", {"NOTIFY.A.ZIP", "NOTIFY.B.ZIP"}},
      {"NOTIFY.A.ACK.TXT", "\n\n  \n", {}},
      {"NOTIFY.A.ACK.TXT", " NOTIFY.A.ZIP \n|20180111175733\n", {"NOTIFY.A.ZIP"}},
      {".ZIP.ACK.TXT", "", {}},
      {"Notify-201801111740-rq.txt.ACK.TXT", "", {"NOTIFY-201801111740-RQ.TXT"}},
      {"NOTIFY.A.ACK.TXT", "notify-201801111740-rq.txt|20180111175733\r\n", {"NOTIFY-201801111740-RQ.TXT"}},
  };
  for (const FileCase& c : cases) EXPECT_EQ(acknowledged_zips(c.name, c.content), c.zips) << c.name;
}

TEST(Acknowledgement, AK3_which_files) {
  EXPECT_TRUE(is_acknowledgement_key("root/dispatch/NOTIFY.20180111175007.ACK.txt"));
  EXPECT_TRUE(is_acknowledgement_key("x.ack.TXT"));
  EXPECT_FALSE(is_acknowledgement_key("NOTIFY-20180202093015-RSP.TXT"));
  EXPECT_FALSE(is_acknowledgement_key(".ack.txt"));
}

TEST(Acknowledgement, AK3_day_in_the_name) {
  const Date day = *parse_date("2018-01-11");
  EXPECT_TRUE(names_day("root/dispatch/NOTIFY.20180111175007.ACK.txt", day));
  EXPECT_TRUE(names_day("NOTIFY.2018-01-11.2.001.hash.ZIP.ACK.TXT", day));
  EXPECT_FALSE(names_day("NOTIFY.20180110233000.ACK.txt", day));
  EXPECT_FALSE(names_day("20180111/NOTIFY.20180110233000.ACK.txt", day));
}

TEST(Acknowledgement, AK4_AK5_comparison_in_upper_case) {
  struct Case {
    Names sent, acknowledged;
    std::vector<std::string> missing, unexpected;
  };
  const std::vector<Case> cases{
      {{"NOTIFY.20180111175007.ZIP"}, {"NOTIFY.20180111175007.ZIP"}, {}, {}},
      {{"NOTIFY.20180111175007.ZIP"}, {"notify.20180111175007.zip"}, {}, {}},
      {{"notify.a.zip"}, {"NOTIFY.A.ZIP"}, {}, {}},
      {{"NOTIFY.20180111175009.ZIP", "NOTIFY.20180111175007.ZIP"},
       {"NOTIFY.20180111175007.ZIP"},
       {"NOTIFY.20180111175009.ZIP"},
       {}},
      {{"C.ZIP", "A.ZIP", "B.ZIP"}, {}, {"A.ZIP", "B.ZIP", "C.ZIP"}, {}},
      {{}, {"A.ZIP"}, {}, {"A.ZIP"}},
      {{}, {}, {}, {}},
  };
  for (const Case& c : cases) {
    const AcknowledgementGap gap = compare_acknowledgements(c.sent, c.acknowledged);
    EXPECT_EQ(gap.missing, c.missing);
    EXPECT_EQ(gap.unexpected, c.unexpected);
  }
}

}  // namespace
}  // namespace postroom::letters
