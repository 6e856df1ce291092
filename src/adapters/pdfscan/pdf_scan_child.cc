#include "adapters/pdfscan/pdf_scan_child.h"

#include <filesystem>

#include "adapters/child_process/child_process.h"

namespace postroom::pdfscan {
namespace {

constexpr int kTries = 2;

tl::unexpected<Error> unreadable(std::string_view why) {
  return fail(ErrorKind::invalid_input,
              fmt::format("The PDF {}: open it, print it to a new PDF and use that one", why));
}

// What an end without an answer says about the file.
tl::unexpected<Error> broken(int exit_code, const ScanOptions& options) {
  switch (exit_code) {
    case kExitBadRequest:
      return fail(ErrorKind::internal,
                  "postroom-pdfscan does not understand the request: install the one that came with this release");
    case kExitNoSandbox:
      return fail(
          ErrorKind::retry_later,
          "postroom-pdfscan cannot lock itself up, so it reads nothing: allow it seccomp and resource limits");
    case kExitOutOfMemory:
      return unreadable(fmt::format("needs more than {} MB of memory to read", options.allowance.memory_megabytes));
    default:
      return unreadable(
          fmt::format("breaks whoever reads it, or takes more than {} s", options.allowance.cpu_seconds));
  }
}

}  // namespace

std::string default_scan_program() {
  std::error_code error;
  auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return (program.parent_path() / "postroom-pdfscan").string();
}

PdfScanChild::PdfScanChild(ScanOptions options) : options_(std::move(options)) {
  if (options_.program.empty()) options_.program = default_scan_program();
}

Result<Bytes> PdfScanChild::run(BytesView pdf, const Work& work, BytesView stamp) const {
  if (pdf.size() > kPdfBytesMax || stamp.size() > kPdfBytesMax)
    return fail(ErrorKind::invalid_input,
                fmt::format("The PDF has {} bytes, at most {} can be read", pdf.size(), kPdfBytesMax));
  std::string head = request_head(work, pdf.size());
  child_process::ChildWork child{.program = options_.program,
                                 .name = "postroom-pdfscan",
                                 .arguments = {std::to_string(options_.allowance.cpu_seconds),
                                               std::to_string(options_.allowance.memory_megabytes)},
                                 .input = {head, pdf, stamp},
                                 .time_max = options_.time_max,
                                 .output_bytes_max = kAnswerBytesMax + kHeadBytesMax};
  int exit_code = 0;
  for (int i = 0; i < kTries; ++i) {
    POSTROOM_TRY(end, child_process::run_child(child));
    exit_code = end.exit_code;
    if (exit_code == kExitBadRequest || exit_code == kExitNoSandbox) break;
    if (exit_code != kExitAnswered) continue;
    auto body = parse_answer(end.output);
    if (!body) return fail(std::move(body).error());
    end.output.erase(0, end.output.size() - body->size());
    return std::move(end.output);
  }
  return broken(exit_code, options_);
}

Result<pdf::Facts> PdfScanChild::look(BytesView pdf, const pdf::Look& look) {
  POSTROOM_TRY(text, run(pdf, look, {}));
  return parse_facts(text);
}

Result<Bytes> PdfScanChild::rewrite(BytesView pdf, const ports::PdfRewrite& changes) {
  return run(pdf, changes, changes.stamp);
}

Result<Bytes> PdfScanChild::page_image(BytesView pdf, const ports::PdfImageRequest& request) {
  if (request.page < 1) return fail(ErrorKind::invalid_input, "page: the first page is 1");
  ports::PdfImageRequest possible = request;
  possible.page = std::min(request.page, kPageCountMax);
  possible.dpi = std::clamp(request.dpi, kDpiMin, kDpiMax);
  return run(pdf, possible, {});
}

Result<Bytes> PdfScanChild::tint(BytesView pdf, const ports::PdfZoneTint& zones) { return run(pdf, zones, {}); }

}  // namespace postroom::pdfscan
