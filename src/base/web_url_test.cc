#include "base/web_url.h"

#include <gtest/gtest.h>

#include <string>

namespace postroom {
namespace {

TEST(WebUrl, TakesAddressesOfPages) {
  for (const char* good : {"https://a.example", "http://127.0.0.1:6012", "https://[::1]:80/",
                           "https://a.example/x?y=1&z=%20#p", "https://localhost/(a)"})
    EXPECT_TRUE(is_web_url(good)) << good;
}

TEST(WebUrl, RefusesAllElse) {
  for (const char* bad :
       {"", "a.example", "https://", "https:///x", "HTTPS://a.example", "ftp://a.example", "javascript:alert(1)",
        "https://a.example/x y", "https://a.example/\"", "https://a.example/<b>", "https://ä.example",
        "https://user:word@a.example/", "https://?x", "https://a.example/\n"})
    EXPECT_FALSE(is_web_url(bad)) << bad;
  std::string longest = "https://a.example/" + std::string(kWebUrlCharactersMax - 18, 'x');
  EXPECT_TRUE(is_web_url(longest));
  EXPECT_FALSE(is_web_url(longest + "x"));
}

}  // namespace
}  // namespace postroom
