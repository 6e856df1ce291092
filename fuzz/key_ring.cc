// Feeds arbitrary bytes to the key ring's reader and, as a sealed record, to a good ring: nothing that was not
// sealed by it may open.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/key_ring.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  postroom::SeededRandom random(1);
  static const postroom::KeyRing good = *postroom::KeyRing::parse(postroom::KeyRing::generate(random));
  if (good.open(text, "context")) std::abort();
  if (auto ring = postroom::KeyRing::parse(text)) {
    auto opened = ring->open(ring->seal(text, "context", random), "context");
    if (!opened || *opened != text) std::abort();
  }
  return 0;
}
