// Randomness is injected, so that tests replay. Safe from several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/bytes.h"

namespace postroom {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(char* out, std::size_t size) = 0;

  Bytes bytes(std::size_t size);
  // Uniform in [0, bound); bound > 0. Without modulo bias.
  std::uint32_t below(std::uint32_t bound);
};

// The operating system's cryptographic generator.
class SystemRandom final : public Random {
 public:
  void fill(char* out, std::size_t size) override;
};

// The same bytes for the same seed. For tests and simulation only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(char* out, std::size_t size) override;

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace postroom
