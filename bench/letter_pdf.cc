// How many letters one core makes into PDFs in a second.
#include <benchmark/benchmark.h>

#include "adapters/harfbuzz/letter_renderer.h"
#include "adapters/harfbuzz/testing.h"

namespace postroom::harfbuzz {
namespace {

void render_two_page_letter(benchmark::State& state) {
  auto renderer = HarfbuzzLetterRenderer::create();
  if (!renderer) return state.SkipWithError(renderer.error().message.c_str());
  ports::LetterInput letter = testing::a_two_page_letter();
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
BENCHMARK(render_two_page_letter);

void start_renderer(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(HarfbuzzLetterRenderer::create());
}
BENCHMARK(start_renderer)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postroom::harfbuzz

BENCHMARK_MAIN();
