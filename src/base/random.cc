#include "base/random.h"

#include <sodium.h>

#include <cstring>

namespace postroom {

Bytes Random::bytes(std::size_t size) {
  Bytes out(size, '\0');
  fill(out.data(), out.size());
  return out;
}

std::uint32_t Random::below(std::uint32_t bound) {
  // Values under `threshold` would make the first residues likelier than the rest.
  std::uint32_t threshold = static_cast<std::uint32_t>(-bound) % bound;
  while (true) {
    std::uint32_t value = 0;
    char raw[sizeof value];
    fill(raw, sizeof raw);
    std::memcpy(&value, raw, sizeof raw);
    if (value >= threshold) return value % bound;
  }
}

void SystemRandom::fill(char* out, std::size_t size) { randombytes_buf(out, size); }

void SeededRandom::fill(char* out, std::size_t size) {
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < size; ++i) {
    // SplitMix64 (Steele, Lea, Flood 2014).
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    out[i] = static_cast<char>(z ^ (z >> 31));
  }
}

}  // namespace postroom
