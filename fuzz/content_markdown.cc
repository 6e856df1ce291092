// Bodies of emails and letters from strangers: no crash, no tag that we did not write.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/content/email.h"
#include "core/content/letter.h"

using namespace postroom::content;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string source(reinterpret_cast<const char*>(data), size);
  EmailTemplate email(source, source);
  std::string html = email.render_html_fragment({});
  if (html.find("<script") != std::string::npos || html.find("href=\"javascript") != std::string::npos)
    std::abort();
  (void)email.render_plain({});
  (void)email.render_preheader({});
  if (email.render_subject({}).find_first_of("\r\n") != std::string::npos) std::abort();
  LetterTemplate letter(source, source, source);
  (void)letter.render({});
  (void)letter.find_long_qr_code({});
  return 0;
}
