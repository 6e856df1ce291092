// The stamp for letters that came as PDF, in the fonts of the letters made here.
#pragma once

#include "adapters/harfbuzz/letter_renderer.h"
#include "ports/letter_stamper.h"

namespace postroom::harfbuzz {

class HarfbuzzLetterStamper final : public ports::LetterStamper {
 public:
  // Uses the renderer's fonts, which must live as long.
  explicit HarfbuzzLetterStamper(const HarfbuzzLetterRenderer& renderer) : fonts_(renderer.fonts()) {}

  Result<Bytes> stamp(const ports::LetterStamp& stamp) override;

 private:
  const FontSet& fonts_;
};

}  // namespace postroom::harfbuzz
