// Says whether a PDF can be sent as a letter, without a server.
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "adapters/harfbuzz/letter_stamp.h"
#include "adapters/pdfscan/pdf_scan_child.h"
#include "app/pdfscan_settings.h"
#include "app/settings.h"
#include "base/bytes.h"
#include "base/log.h"
#include "cli/letter_check_text.h"
#include "cli/run.h"
#include "core/letters/pdf_overlay.h"
#include "flows/letter_check/letter_check.h"

namespace postroom::cli {
namespace {

Result<void> write_file(std::string_view option, const std::string& path, BytesView bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes << std::flush;
  if (file) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("{}: '{}' cannot be written: see that its folder exists and is yours", option, path));
}

Result<Bytes> overlay_of(ports::PdfScanner& scanner, BytesView pdf, const json::object& arguments,
                         const letters::PdfVerdict& verdict) {
  bool attachment = get_bool(arguments, "attachment").value_or(false);
  if (get_string(arguments, "overlay_form") == "pdf") {
    return scanner.tint(
        pdf, {.first = letters::forbidden_zones(1, attachment), .others = letters::forbidden_zones(2, attachment)});
  }
  int page = verdict.invalid_pages.empty() ? 1 : verdict.invalid_pages.front();
  if (auto wanted = get_int(arguments, "page")) page = static_cast<int>(*wanted);
  if (verdict.page_count && page > *verdict.page_count)
    return fail(ErrorKind::invalid_input,
                fmt::format("--page {}: the letter has {} pages", page, *verdict.page_count));
  return scanner.page_image(pdf, {.page = page, .whiten = {}, .tint = letters::forbidden_zones(page, attachment)});
}

Result<void> write_files(ports::PdfScanner& scanner, BytesView pdf, const json::object& arguments,
                         const flows::CheckedLetter& letter) {
  if (auto path = get_string(arguments, "overlay")) {
    POSTROOM_TRY(overlay, overlay_of(scanner, pdf, arguments, letter.verdict));
    POSTROOM_CHECK(write_file("--overlay", *path, overlay));
  }
  auto path = get_string(arguments, "sanitised");
  if (path && letter.verdict.passed()) POSTROOM_CHECK(write_file("--sanitised", *path, letter.sanitised));
  return {};
}

Result<int> check_letter(const Invocation& invocation) {
  const json::object& arguments = invocation.arguments;
  // What is of note is told below, to a person.
  set_log_sink([](std::string_view) {});
  Bytes pdf = from_base64(get_string(arguments, "content_base64").value_or("")).value_or(Bytes());
  POSTROOM_TRY(settings, app::load_settings({invocation.config_path, invocation.settings}));
  pdfscan::PdfScanChild scanner(app::scan_options(settings));
  POSTROOM_TRY(fonts, harfbuzz::parse_letter_fonts(settings.text("letters.fonts")));
  POSTROOM_TRY(renderer, harfbuzz::HarfbuzzLetterRenderer::create(fonts));
  harfbuzz::HarfbuzzLetterStamper stamper(*renderer);
  flows::LetterCheck flow(scanner, stamper);
  POSTROOM_TRY(letter, flow.check(pdf, {.international = get_bool(arguments, "international").value_or(false),
                                        .attachment = get_bool(arguments, "attachment").value_or(false)}));
  std::string file_name = get_string(arguments, "file_name").value_or("");
  std::cout << (invocation.as_json ? write_json(letter_check_json(letter)) + "\n"
                                   : letter_check_text(file_name, letter))
            << std::flush;
  POSTROOM_CHECK(write_files(scanner, pdf, arguments, letter));
  return letter.verdict.passed() ? 0 : 1;
}

}  // namespace

int run_check_letter(const Invocation& invocation) {
  auto code = check_letter(invocation);
  return code ? *code : fail_with(code.error());
}

}  // namespace postroom::cli
