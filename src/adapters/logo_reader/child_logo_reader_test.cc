#include "adapters/logo_reader/child_logo_reader.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "core/logos/logo.h"

namespace postroom::logo_reader {
namespace {

// A program that stands for ours; removed at the end of the test.
class Script {
 public:
  explicit Script(const std::string& lines) {
    int descriptor = ::mkstemp(path_.data());
    if (descriptor >= 0) ::close(descriptor);
    std::ofstream(path_) << "#!/bin/sh\n" << lines << "\n";
    ::chmod(path_.c_str(), 0700);
  }
  ~Script() { ::unlink(path_.c_str()); }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/postroom-logo-XXXXXX";
};

constexpr std::string_view kSvg = "<svg viewBox='0 0 9 9'><path d='M0 0h9v9z'/></svg>";

Result<pdf::Picture> read_by(const std::string& lines) {
  Script script(lines);
  return ChildLogoReader(script.path(), std::chrono::seconds{2}).read(kSvg);
}

TEST(ChildLogoReader, HandsTheFileOverAndTakesThePicture) {
  auto direct = logos::read_logo(kSvg);
  ASSERT_TRUE(direct);
  Script answer("true");
  std::string stored = answer.path() + ".stored";
  std::ofstream(stored, std::ios::binary) << pdf::to_bytes(*direct);
  auto picture = read_by("[ \"$1\" = __read-logo ] && grep -q 'M0 0h9v9z' && cat " + stored);
  ::unlink(stored.c_str());
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->content, direct->content);
}

TEST(ChildLogoReader, TP8RefusalsAndBreakdownsAreExplained) {
  EXPECT_EQ(read_by("printf 'no text, please'; exit 3").error().message, "no text, please");
  for (const char* broken : {"exit 4", "kill -9 $$", "sleep 30", "head -c 2000000 /dev/zero"}) {
    auto picture = read_by(broken);
    ASSERT_FALSE(picture) << broken;
    EXPECT_EQ(picture.error().kind, ErrorKind::invalid_input) << broken;
    EXPECT_NE(picture.error().message.find("simpler"), std::string::npos) << broken;
  }
  EXPECT_FALSE(read_by("echo nonsense"));
  EXPECT_EQ(ChildLogoReader("/nowhere/at/all").read(kSvg).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(ChildLogoReader("/nowhere").read(Bytes(logos::kLogoBytesMax + 1, ' ')).error().kind,
            ErrorKind::invalid_input);
}

}  // namespace
}  // namespace postroom::logo_reader
