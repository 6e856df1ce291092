// Time grows with the length of a text and not with its square, whatever the text and whichever way it is rendered.
// CPU time is measured, so that a busy machine does not matter.
#include "core/content/hostile_texts_testing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <functional>

#include "core/content/autolink.h"
#include "core/content/email.h"
#include "core/content/letter.h"
#include "core/content/sms.h"
#include "core/content/template_validation.h"
#include "core/content/value_sanitiser.h"

namespace postroom::content {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kBytes = 25'000;  // as long in time as the whole length elsewhere
#else
constexpr std::size_t kBytes = 100'000;
#endif
constexpr std::size_t kGrowth = 4;
// Where one step is quadratic, four times the length takes sixteen times as long.
constexpr double kRatioMax = 10;
// Shorter times say nothing about growth.
constexpr double kMeasurableSeconds = 0.01;
// The budget is 0.05 s in a release build, which the benchmark shows; sanitizers and debug builds are slower.
constexpr double kSecondsMax = 1;

double seconds_of(const std::function<void()>& work) {
  std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// What is done with a text, each timed by itself.
std::vector<std::pair<std::string, std::function<void(const std::string&)>>> renderings() {
  return {
      {"email HTML", [](const std::string& t) { EmailTemplate("s", t).render_html_fragment({}); }},
      {"email text", [](const std::string& t) { EmailTemplate("s", t).render_plain({}); }},
      {"preheader", [](const std::string& t) { EmailTemplate("s", t).render_preheader({}); }},
      {"subject", [](const std::string& t) { EmailTemplate(t, "").render_subject({}); }},
      {"letter", [](const std::string& t) { LetterTemplate("s", t).render({}); }},
      {"QR codes", [](const std::string& t) { LetterTemplate("s", t).find_long_qr_code({}); }},
      {"text message", [](const std::string& t) { SmsTemplate(t).render({}); }},
      {"sanitised value", [](const std::string& t) { sanitise_value(t); }},
      {"links", [](const std::string& t) { autolink(t); }},
      {"validation",
       [](const std::string& t) {
         check_template_form({.channel = TemplateChannel::letter, .name = "n", .subject = "s", .content = t});
       }},
  };
}

TEST(HostileTexts, TimeGrowsWithTheLength) {
  auto large = hostile_texts(kBytes);
  auto small = hostile_texts(kBytes / kGrowth);
  ASSERT_EQ(large.size(), small.size());
  for (const auto& [name, render] : renderings()) {
    for (std::size_t i = 0; i < large.size(); ++i) {
      double seconds = seconds_of([&] { render(large[i].text); });
      EXPECT_LT(seconds, kSecondsMax) << name << ": " << large[i].name;
      if (seconds < kMeasurableSeconds) continue;
      double before = 0;
      bool linear = false;
      for (int attempt = 0; attempt < 5 && !linear; ++attempt) {
        before = std::max(before, seconds_of([&] { render(small[i].text); }));
        seconds = std::min(seconds, seconds_of([&] { render(large[i].text); }));
        linear = seconds < kRatioMax * before;
      }
      EXPECT_TRUE(linear) << name << ": " << large[i].name << " took " << before << " s and " << seconds << " s";
    }
  }
}

TEST(HostileTexts, OutputIsBounded) {
  for (const HostileText& hostile : hostile_texts(20'000)) {
    std::size_t size = hostile.text.size();
    EmailTemplate email("s", hostile.text);
    EXPECT_LT(email.render_html_fragment({}).size(), 300 * size + 1000) << hostile.name;
    EXPECT_LT(email.render_plain({}).size(), 80 * size + 1000) << hostile.name;
    EXPECT_LT(LetterTemplate("s", hostile.text).render_html({}).size(), 40 * size + 1000) << hostile.name;
  }
}

TEST(HostileTexts, ManyValuesAreFoundAtOnce) {
  constexpr int kValues = 20'000;
  std::string text;
  json::object object;
  for (int i = 0; i < kValues; ++i) {
    std::string name = "a&b" + std::to_string(i);
    text += "((" + name + "))";
    object[name] = "x";
    object["A & B" + std::to_string(i)] = "y";  // the same once more, which replaces
  }
  double seconds = seconds_of([&] {
    Personalisation values = Personalisation::from_json(object);
    EmailTemplate email("", text);
    EXPECT_EQ(email.api_body(values), std::string(kValues, 'y'));
    EXPECT_NE(email.render_html_fragment(values).find(std::string(kValues, 'y')), std::string::npos);
    EXPECT_TRUE(missing_names(email.placeholders(), values).empty());
  });
  EXPECT_LT(seconds, kSecondsMax);
}

}  // namespace
}  // namespace postroom::content
