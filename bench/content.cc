// Text and recipients on one core: a spreadsheet of 100,001 rows read and checked, and texts that make careless
// parsers slow, with the ratio of doubling their length. Prints a JSON line for each measure: name, value, unit,
// and the bound as baseline, with a ratio above 1 where the measure is within it. Exits with 1 when a bound is
// exceeded.
//
//   bench_content
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "core/content/autolink.h"
#include "core/content/email.h"
#include "core/content/hostile_texts_testing.h"
#include "core/content/letter.h"
#include "core/content/sms.h"
#include "core/content/value_sanitiser.h"
#include "core/recipients/sheet_check.h"
#include "flows/bulk/sheet_judgement.h"

namespace postroom {
namespace {

using Work = std::function<void()>;

constexpr std::size_t kRows = 100'001;
constexpr double kSheetMilliseconds = 500;
constexpr double kHostileMilliseconds = 50;
// Times below are the machine's noise: a ratio of two of them says nothing.
constexpr double kMeasurableMilliseconds = 0.1;
// Twice the length, twice the time; more is noise up to here, and a square beyond.
constexpr double kDoublingMax = 3;
constexpr int kRepeats = 5;
constexpr std::size_t kHostileBytes = 100'000;

// The least of some runs: what the work costs when nothing else disturbs it.
double milliseconds_of(const Work& work, int repeats = kRepeats) {
  double least = 1e9;
  for (int i = 0; i < repeats; ++i) {
    auto start = std::chrono::steady_clock::now();
    work();
    least = std::min(least,
                     std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return least;
}

std::string quoted(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<int>(c));
    else
      out += c;
  }
  return out;
}

// Whether the value is within the bound.
bool report(std::string_view name, double value, std::string_view unit, double bound) {
  fmt::print("{{\"name\":\"{}\",\"value\":{:.3f},\"unit\":\"{}\",\"baseline\":{},\"ratio\":{:.3f}}}\n",
             quoted(name), value, unit, bound, bound / std::max(value, 1e-6));
  std::fflush(stdout);
  return value <= bound;
}

struct Sheet {
  notifications::NotificationType type;
  std::string subject, content, text;
};

std::vector<Sheet> sheets() {
  using notifications::NotificationType;
  Sheet email{NotificationType::email, "Your visit on ((date))", "Dear ((name)),\n\ncome on ((date)).",
              "email address,name,date\n"};
  Sheet sms{NotificationType::sms, "", "Dear ((name)), come on ((date)).", "phone number,name,date\n"};
  Sheet letter{NotificationType::letter, "Your visit on ((date))", "Dear ((name)),\n\ncome on ((date)).",
               "address line 1,address line 2,address line 3,postcode,name,date\n"};
  for (std::size_t i = 0; i < kRows; ++i) {
    email.text += fmt::format("person{}@example.org,\"Ada, {}\",1 May\n", i, i);
    sms.text += fmt::format("07700 9{:05},\"Ada, {}\",1 May\n", i % 100'000, i);
    letter.text += fmt::format("Ada {},{} Mill Lane,Leeds,LS1 4AP,Ada,1 May\n", i, i % 300);
  }
  return {email, sms, letter};
}

bool bench_sheets() {
  bool within = true;
  for (const Sheet& sheet : sheets()) {
    flows::LoadedTemplate text(
        notifications::Template{.type = sheet.type, .subject = sheet.subject, .content = sheet.content});
    recipients::SheetReport found;
    double took = milliseconds_of([&] {
      recipients::RecipientSheet rows(sheet.text, flows::sheet_spec(text));
      recipients::SheetRules rules;
      rules.check_message = [&](const recipients::RecipientRow& row) { return flows::message_faults(text, row); };
      found = recipients::check_sheet(rows, rules);
    });
    if (found.row_count != kRows || found.rows_with_errors != 0) {
      fmt::print(stderr, "the {} sheet was not read as it should be: {} rows, {} with errors\n",
                 to_string(sheet.type), found.row_count, found.rows_with_errors);
      return false;
    }
    within &=
        report(fmt::format("sheet of 100,001 rows, {}", to_string(sheet.type)), took, "ms", kSheetMilliseconds);
  }
  return within;
}

struct Rendering {
  std::string_view name;
  std::function<void(const std::string&)> render;
};

const std::vector<Rendering>& renderings() {
  using namespace content;
  static const std::vector<Rendering> kRenderings = {
      {"email HTML", [](const std::string& t) { EmailTemplate("s", t).render_html_fragment({}); }},
      {"email text", [](const std::string& t) { EmailTemplate("s", t).render_plain({}); }},
      {"email subject", [](const std::string& t) { EmailTemplate(t, "").render_subject({}); }},
      {"text message", [](const std::string& t) { SmsTemplate(t).render({}); }},
      {"letter", [](const std::string& t) { LetterTemplate("s", t).render({}); }},
      {"value", [](const std::string& t) { sanitise_value(t); }},
      {"links", [](const std::string& t) { autolink(t); }},
  };
  return kRenderings;
}

struct Hostile {
  std::string name;
  std::function<std::string(std::size_t times)> make;  // 1: as long as the name says
};

std::string run_of(std::string_view piece, std::size_t count) {
  std::string text;
  text.reserve(piece.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

// The slowest rendering of a text, and the worst ratio of doubling among those that take long enough to tell.
bool bench_hostile(const Hostile& hostile) {
  const std::string once = hostile.make(1), twice = hostile.make(2);
  double slowest = 0, worst_ratio = 0;
  std::string_view slowest_name;
  for (const Rendering& rendering : renderings()) {
    double before = milliseconds_of([&] { rendering.render(once); });
    if (before > slowest) slowest = before, slowest_name = rendering.name;
    if (before < kMeasurableMilliseconds) continue;
    worst_ratio = std::max(worst_ratio, milliseconds_of([&] { rendering.render(twice); }) / before);
  }
  bool within = report(fmt::format("{}: {}", hostile.name, slowest_name), slowest, "ms", kHostileMilliseconds);
  if (worst_ratio > 0)
    within &= report(fmt::format("{}: doubled", hostile.name), worst_ratio, "times", kDoublingMax);
  return within;
}

bool bench_named_texts() {
  const std::vector<Hostile> named = {
      {"50,000 blanks", [](std::size_t n) { return std::string(50'000 * n, ' '); }},
      {"50,000 blanks in a line", [](std::size_t n) { return "a" + std::string(50'000 * n, ' ') + "b"; }},
      {"(( and 50,000 letters", [](std::size_t n) { return "((" + std::string(50'000 * n, 'a'); }},
      {"50,000 *", [](std::size_t n) { return std::string(50'000 * n, '*'); }},
      {"10,000 nested quote marks", [](std::size_t n) { return run_of("> ", 10'000 * n) + "a"; }},
      {"10,000 nested quote marks, no blanks", [](std::size_t n) { return std::string(10'000 * n, '>') + "a"; }},
      {"10,000 nested ^", [](std::size_t n) { return run_of("^ ", 10'000 * n) + "a"; }},
      {"100,000 [", [](std::size_t n) { return std::string(100'000 * n, '['); }},
  };
  bool within = true;
  for (const Hostile& hostile : named) within &= bench_hostile(hostile);
  return within;
}

// Of the long list, which the tests use too, only the slowest text is told.
bool bench_all_texts() {
  auto all = content::hostile_texts(kHostileBytes);
  double slowest = 0;
  std::string name;
  for (const content::HostileText& hostile : all) {
    for (const Rendering& rendering : renderings()) {
      double took = milliseconds_of([&] { rendering.render(hostile.text); }, 2);
      if (took > slowest) slowest = took, name = fmt::format("{}: {}", hostile.name, rendering.name);
    }
  }
  return report(fmt::format("slowest of {} texts of 100 kB: {}", all.size(), name), slowest, "ms",
                kHostileMilliseconds);
}

}  // namespace
}  // namespace postroom

int main() {
  bool within = postroom::bench_sheets();
  within &= postroom::bench_named_texts();
  within &= postroom::bench_all_texts();
  return within ? 0 : 1;
}
