#include "flows/ready_letters/letter_previews.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/key_ring.h"
#include "base/log.h"
#include "core/letters/pdf_overlay.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;
using ports::Bucket;

namespace {

constexpr std::string_view kOutside = "content-outside-printable-area";
constexpr std::string_view kPdfType = "application/pdf";
constexpr std::string_view kPngType = "image/png";

std::string box_text(const pdf::Box& box) {
  return fmt::format("{:.3f},{:.3f},{:.3f},{:.3f};", box.left, box.top, box.right, box.bottom);
}

// Whatever changes a pixel is in it; the version is raised when the same input gives other pixels.
std::string cache_key(BytesView pdf, const ports::PdfImageRequest& request) {
  std::string what = fmt::format("1|{}|{}|w", request.page, request.dpi);
  for (const pdf::Box& box : request.whiten) what += box_text(box);
  what += "|t";
  for (const pdf::Box& box : request.tint) what += box_text(box);
  return to_hex(sha256(what + "|" + sha256(pdf))) + ".png";
}

tl::unexpected<Error> no_pdf(const Notification& letter, std::string_view why) {
  return fail(ErrorKind::conflict, fmt::format("letter {} has no PDF to look at: {}", letter.reference, why));
}

}  // namespace

Result<Bytes> LetterPreviews::pdf_of(const Notification& letter, bool is_ready_pdf) const {
  switch (letter.status) {
    case NotificationStatus::pending_virus_check: return no_pdf(letter, "it waits for its checks");
    case NotificationStatus::virus_scan_failed: return no_pdf(letter, "its file is infected");
    default: break;
  }
  auto stored = files_.read(letter);
  if (stored || stored.error().kind != ErrorKind::not_found) return stored;
  if (is_ready_pdf) return no_pdf(letter, "its file is not in storage");
  POSTROOM_TRY(rendered, render_.preview(letter));
  return std::move(rendered.pdf);
}

Result<Bytes> LetterPreviews::image(BytesView pdf, const ports::PdfImageRequest& request) {
  const std::string key = cache_key(pdf, request);
  auto kept = ports_.blobs.get(Bucket::preview_cache, key);
  if (kept) return kept;
  auto made = scanner_.page_image(pdf, request);
  if (!made) return made;
  // Without a cache it is slower and as good.
  if (auto put = ports_.blobs.put(Bucket::preview_cache, key, *made); !put)
    log_warning("letters.preview_not_kept", {{"error", put.error().message}});
  return made;
}

Result<Preview> LetterPreviews::preview(const Notification& letter, const PreviewRequest& request) {
  if (request.png && request.page < 1)
    return fail(ErrorKind::invalid_input, fmt::format("page is {}, but pages are numbered from 1", request.page));
  POSTROOM_TRY(text, templates_.find(letter.service_id, letter.template_id, letter.template_version));
  const bool is_ready_pdf = text->record.hidden;
  POSTROOM_TRY(pdf, pdf_of(letter, is_ready_pdf));
  Preview out{.content = {}, .content_type = request.png ? kPngType : kPdfType, .fault = {}};
  if (letter.status == NotificationStatus::validation_failed) {
    POSTROOM_TRY(fault, ports_.care.fault(letter.id));
    out.fault = std::move(fault);
  }
  const bool is_outside = is_ready_pdf && out.fault && out.fault->code == kOutside;
  if (!request.png) {
    if (is_outside) {
      POSTROOM_TRY(tinted, scanner_.tint(pdf, {.first = letters::forbidden_on_first_page(),
                                               .others = letters::forbidden_on_later_pages()}));
      pdf = std::move(tinted);
    }
    out.content = std::move(pdf);
    return out;
  }
  ports::PdfImageRequest image_request{.page = request.page, .dpi = kPreviewDpi, .whiten = {}, .tint = {}};
  const bool is_at_fault =
      is_outside && std::ranges::find(out.fault->pages, request.page) != out.fault->pages.end();
  if (is_at_fault)
    image_request.tint = letters::forbidden_zones(request.page, false);
  else if (is_ready_pdf && request.page == 1)
    image_request.whiten = {letters::kTagCover};
  auto png = image(pdf, image_request);
  if (!png)
    return fail_in(fmt::format("letter {}, page {}", letter.reference, request.page), std::move(png).error());
  out.content = std::move(*png);
  return out;
}

}  // namespace postroom::flows
