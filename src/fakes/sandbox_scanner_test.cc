// Varied: the two infected contents, and what only looks like them.
#include "fakes/sandbox_scanner.h"

#include <gtest/gtest.h>

namespace postroom::fakes {
namespace {

TEST(SandboxScanner, KnowsItsTwoFiles) {
  const std::string test_file =
      std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-") + "ANTIVIRUS-TEST-FILE!$H+H*";
  SandboxScanner scanner;
  for (const std::string& text : {test_file, "%PDF-1.7\n" + test_file + "\n", std::string("virus")})
    EXPECT_EQ(scanner.scan(text), ports::ScanVerdict::infected) << text;
  for (const std::string& text :
       {std::string(), std::string("a virus"), test_file.substr(1), test_file.substr(0, 50)})
    EXPECT_EQ(scanner.scan(text), ports::ScanVerdict::clean) << text;
}

TEST(SandboxScanner, CanBeMadeToFail) {
  FaultBox faults;
  SandboxScanner scanner(&faults);
  for (auto [mode, kind] : {std::pair{"fail", ErrorKind::retry_later}, {"reject", ErrorKind::rejected}}) {
    ASSERT_TRUE(faults.set({{"target", "scanner"}, {"mode", mode}, {"count", 1}}));
    EXPECT_EQ(scanner.scan("fine").error().kind, kind);
    EXPECT_EQ(scanner.scan("fine"), ports::ScanVerdict::clean);
  }
}

}  // namespace
}  // namespace postroom::fakes
