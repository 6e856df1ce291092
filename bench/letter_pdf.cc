// How many letters one core makes into PDFs in a second.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <fstream>

#include "adapters/harfbuzz/letter_renderer.h"
#include "adapters/harfbuzz/testing.h"
#include "core/logos/logo.h"

namespace postroom::harfbuzz {
namespace {

// Of a few shapes, as most are.
std::shared_ptr<const pdf::Picture> a_logo() {
  std::string svg = "<svg viewBox='0 0 300 80'>";
  for (int i = 0; i < 40; ++i)
    svg += "<path fill='#0b5c6b' d='M" + std::to_string(i * 7) + " 4c9 3 12 18 4 36s-3 30 8 36z'/>";
  auto picture = logos::read_logo(svg + "</svg>");
  return picture ? std::make_shared<const pdf::Picture>(std::move(*picture)) : nullptr;
}

void render(benchmark::State& state, std::shared_ptr<const pdf::Picture> logo) {
  auto renderer = HarfbuzzLetterRenderer::create();
  if (!renderer) return state.SkipWithError(renderer.error().message.c_str());
  ports::LetterInput letter = testing::a_two_page_letter();
  letter.logo = std::move(logo);
  std::size_t bytes = 0;
  std::int64_t number = 0;
  for (auto _ : state) {
    // As in a real run, the address differs from letter to letter.
    letter.address_lines[0] = "Resident Number " + std::to_string(number++);
    auto rendered = (*renderer)->render(letter);
    if (!rendered) return state.SkipWithError(rendered.error().message.c_str());
    bytes = rendered->pdf.size();
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["pdf_bytes"] = static_cast<double>(bytes);
}

void render_two_page_letter(benchmark::State& state) { render(state, nullptr); }
BENCHMARK(render_two_page_letter);

void render_two_page_letter_with_logo(benchmark::State& state) { render(state, a_logo()); }
BENCHMARK(render_two_page_letter_with_logo);

double resident_megabytes() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// Ten thousand letters that differ in their words, too, some of them in another alphabet.
void memory_of_ten_thousand_letters(benchmark::State& state) {
  constexpr int kFew = 1'000;
  constexpr int kMany = 10'000;
  auto renderer = HarfbuzzLetterRenderer::create();
  if (!renderer) return state.SkipWithError(renderer.error().message.c_str());
  ports::LetterInput letter = testing::a_two_page_letter();
  letter.logo = a_logo();
  for (auto _ : state) {
    for (int i = 1; i <= kMany; ++i) {
      std::string number = std::to_string(i);
      letter.address_lines[0] = "Resident Number " + number;
      letter.subject = "Bill number" + number + (i % 10 == 0 ? " Україна Ελλάδα" : "");
      letter.blocks.front() = testing::a_paragraph("Dear Resident" + number + ", your account is A" + number + "Z");
      auto rendered = (*renderer)->render(letter);
      if (!rendered) return state.SkipWithError(rendered.error().message.c_str());
      if (i == kFew) state.counters["after_1000"] = resident_megabytes();
      if (i == kMany) state.counters["after_10000"] = resident_megabytes();
    }
  }
}
BENCHMARK(memory_of_ten_thousand_letters)->Iterations(1)->Unit(benchmark::kSecond);

void start_renderer(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(HarfbuzzLetterRenderer::create());
}
BENCHMARK(start_renderer)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postroom::harfbuzz

BENCHMARK_MAIN();
