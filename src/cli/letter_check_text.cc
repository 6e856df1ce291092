#include "cli/letter_check_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/letters/pdf_faults.h"

namespace postroom::cli {
namespace {

using letters::PdfVerdict;

// A window full of words is no address: what is shown of it stays readable.
constexpr std::size_t kLinesShownMax = 20;

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// "page 1", "pages 1, 3 and 4".
std::string pages_text(const std::vector<int>& pages) {
  std::string text = pages.size() == 1 ? "page " : "pages ";
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (i > 0) text += i + 1 == pages.size() ? " and " : ", ";
    text += std::to_string(pages[i]);
  }
  return text;
}

std::string size_text(const letters::PageSize& size) {
  return fmt::format("{} × {} mm", letters::millimetres(size.width), letters::millimetres(size.height));
}

// One size when all pages have it, else page by page.
std::string sizes_text(const std::vector<letters::PageSize>& sizes) {
  if (sizes.empty()) return "";
  if (std::all_of(sizes.begin(), sizes.end(), [&](const letters::PageSize& size) { return size == sizes.front(); }))
    return ", " + size_text(sizes.front());
  std::string text;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    text += fmt::format("{} page {} {}", i == 0 ? ":" : ",", i + 1, size_text(sizes[i]));
  return text;
}

std::string lines_text(std::string_view title, const std::vector<std::string>& lines) {
  std::string text = fmt::format("{}:\n", title);
  for (std::size_t i = 0; i < std::min(lines.size(), kLinesShownMax); ++i) text += fmt::format("  {}\n", lines[i]);
  if (lines.size() > kLinesShownMax) text += fmt::format("  and {} more\n", lines.size() - kLinesShownMax);
  return text;
}

std::string_view destination(recipients::PostageZone zone) {
  switch (zone) {
    case recipients::PostageZone::europe: return "Europe";
    case recipients::PostageZone::rest_of_world: return "rest of the world";
    case recipients::PostageZone::united_kingdom: break;
  }
  return "United Kingdom";
}

json::array strings(const std::vector<std::string>& lines) { return json::array(lines.begin(), lines.end()); }

json::value strings_or_null(bool wanted, const std::vector<std::string>& lines) {
  return wanted ? json::value(strings(lines)) : json::value(nullptr);
}

json::value text_or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

}  // namespace

std::string letter_check_text(const std::string& file_name, const flows::CheckedLetter& letter) {
  const PdfVerdict& verdict = letter.verdict;
  std::string text = fmt::format("{}: ", file_name);
  if (verdict.passed()) {
    text += "can be sent\n";
  } else {
    const letters::PdfFault& fault = letters::pdf_fault(verdict.code);
    text += fmt::format("cannot be sent: {}", verdict.code);
    if (!verdict.invalid_pages.empty()) text += fmt::format(" on {}", pages_text(verdict.invalid_pages));
    text += "\n";
    for (const std::string& detail : verdict.details) text += fmt::format("  {}\n", detail);
    text += fmt::format("Rule: {}\nWhat to do: {}\n", fault.rule, fault.remedy);
  }
  if (verdict.page_count) {
    auto pages = static_cast<std::size_t>(*verdict.page_count);
    text += fmt::format("{} on {}{}\n", counted(pages, "page"), counted((pages + 1) / 2, "sheet"),
                        sizes_text(verdict.sizes));
  }
  if (!verdict.address) return text;
  text += lines_text("Address as read", verdict.address_as_read);
  text += lines_text("Address as printed", verdict.address->lines());
  if (!verdict.passed()) return text;
  text += fmt::format("Goes to: {}\n", destination(letter.postage_zone));
  text += verdict.tagged ? "The tag NOTIFY is there\n" : "The tag NOTIFY will be added\n";
  return text;
}

json::object letter_check_json(const flows::CheckedLetter& letter) {
  const PdfVerdict& verdict = letter.verdict;
  const letters::PdfFault& fault = letters::pdf_fault(verdict.code);
  bool refused = !verdict.passed();
  json::array sizes;
  for (const letters::PageSize& size : verdict.sizes)
    sizes.push_back(json::object{{"width", size.width}, {"height", size.height}});
  json::value pages = nullptr;
  if (!verdict.invalid_pages.empty())
    pages = json::array(verdict.invalid_pages.begin(), verdict.invalid_pages.end());
  bool has_address = verdict.address.has_value();
  json::object out{{"passed", verdict.passed()},
                   {"message", text_or_null(verdict.code)},
                   {"page_count", verdict.page_count ? json::value(*verdict.page_count) : json::value(nullptr)},
                   {"invalid_pages", std::move(pages)},
                   {"details", strings(verdict.details)}};
  out["rule"] = refused ? text_or_null(fault.rule) : json::value(nullptr);
  out["remedy"] = refused ? text_or_null(fault.remedy) : json::value(nullptr);
  out["pages_mm"] = std::move(sizes);
  out["address_as_read"] = strings_or_null(has_address, verdict.address_as_read);
  out["address"] =
      strings_or_null(has_address, has_address ? verdict.address->lines() : std::vector<std::string>());
  out["zone"] = has_address && !refused ? json::value(to_string(letter.postage_zone)) : json::value(nullptr);
  out["tagged"] = verdict.tagged;
  return out;
}

}  // namespace postroom::cli
