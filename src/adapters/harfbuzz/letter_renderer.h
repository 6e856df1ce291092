// The letter renderer made of HarfBuzz, ICU and core/pdf.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "adapters/harfbuzz/letter_fonts.h"
#include "adapters/harfbuzz/shaper.h"
#include "ports/letter_renderer.h"

namespace postroom::harfbuzz {

class HarfbuzzLetterRenderer final : public ports::LetterRenderer {
 public:
  // not_found names the file and package that are missing; corrupt a file that is no usable font. Takes some
  // 20 ms: make one and share it.
  static Result<std::unique_ptr<HarfbuzzLetterRenderer>> create(
      const std::vector<FontFiles>& files = default_letter_fonts());
  ~HarfbuzzLetterRenderer() override;

  // Safe from several threads; each call borrows a workbench and gives it back.
  Result<ports::RenderedLetter> render(const ports::LetterInput& letter) override;
  Result<ports::RenderedLetter> render_parts(std::span<const ports::LetterInput> parts) override;

  // Live as long as the renderer.
  const FontSet& fonts() const { return fonts_; }

 private:
  class Workbench;
  struct Token {};  // only create() has one

 public:
  HarfbuzzLetterRenderer(Token, FontSet fonts);

 private:
  std::unique_ptr<Workbench> borrow();
  void give_back(std::unique_ptr<Workbench> workbench);

  FontSet fonts_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workbench>> idle_;
};

}  // namespace postroom::harfbuzz
