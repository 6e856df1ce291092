// Logos: any bytes as a file, and any bytes inside a drawing that is whole.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/logos/logo.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom;
  if (size == 0) return 0;
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0: text = "<svg viewBox='0 0 100 40'>" + text + "</svg>"; break;
    case 1: text = "<svg viewBox='0 0 100 40'><path d='M0 0" + text + "'/></svg>"; break;
    case 2:
      text = "<svg viewBox='0 0 100 40'><style>" + text + "</style><rect class='a' width='9' height='9'/></svg>";
      break;
    default: break;
  }
  auto picture = logos::read_logo(text);
  if (!picture) {
    if (picture.error().message.empty()) std::abort();
    return 0;
  }
  if (!pdf::picture_from_bytes(pdf::to_bytes(*picture))) std::abort();
  return 0;
}
