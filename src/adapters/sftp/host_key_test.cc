// Pins in every form an operator may have at hand; the fingerprints are those ssh-keygen -l shows.
#include "adapters/sftp/host_key.h"

#include <gtest/gtest.h>

namespace postroom::sftp {
namespace {

constexpr std::string_view kLine =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
constexpr std::string_view kFingerprint = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";

TEST(HostKey, ReadsEveryForm) {
  struct Case {
    std::string text;
    std::string type;
  };
  std::vector<Case> cases = {
      {std::string(kLine), "ssh-ed25519"},
      {fmt::format("{} a comment", kLine), "ssh-ed25519"},
      {fmt::format("print.example.com {}", kLine), "ssh-ed25519"},
      {fmt::format("[print.example.com]:2222,[192.0.2.1]:2222 {}\n", kLine), "ssh-ed25519"},
      {fmt::format("  {}  ", kFingerprint), ""},
      {fmt::format("{}=", kFingerprint), ""},
      {fmt::format("# from the print house, by phone\n{}", kFingerprint), ""},
  };
  for (const Case& c : cases) {
    auto pins = parse_host_keys(c.text);
    ASSERT_TRUE(pins) << c.text << ": " << pins.error().message;
    EXPECT_EQ(*pins, (std::vector<HostKeyPin>{{std::string(kFingerprint), c.type}})) << c.text;
  }
}

TEST(HostKey, SeveralPinsForAChangeOfKeys) {
  auto pins = parse_host_keys(fmt::format("{};{}", kLine, kFingerprint));
  ASSERT_TRUE(pins);
  EXPECT_EQ(pins->size(), 2U);
}

TEST(HostKey, RefusesWhatIsNoPin) {
  for (std::string_view text :
       {"", "\n# only a comment\n", "yes", "SHA256:", "SHA256:abcd",
        "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", "ssh-ed25519", "ssh-ed25519 AAAA",
        "ssh-ed25519 !!!!", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"}) {
    auto pins = parse_host_keys(text);
    ASSERT_FALSE(pins) << text;
    EXPECT_EQ(pins.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(pins.error().message.find("print.sftp_host_key"), std::string::npos);
  }
}

}  // namespace
}  // namespace postroom::sftp
