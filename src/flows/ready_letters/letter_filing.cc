#include "flows/ready_letters/letter_filing.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"

namespace postroom::flows {

using letters::PdfPlace;
using notifications::Notification;
using notifications::NotificationStatus;
using ports::Bucket;

namespace {

// A sheet carries two pages.
int sheets_of(int pages) { return (pages + 1) / 2; }

std::string words_for(const letters::PdfVerdict& verdict) {
  std::string out(verdict.code);
  if (!verdict.invalid_pages.empty()) {
    std::vector<std::string> pages;
    for (int page : verdict.invalid_pages) pages.push_back(std::to_string(page));
    out += fmt::format(", pages {}", join(pages, ", "));
  }
  if (verdict.page_count) out += fmt::format(", {} pages in all", *verdict.page_count);
  return out;
}

}  // namespace

std::string original_key(NotificationId letter) { return letter.text() + ".pdf"; }

Result<void> LetterFiling::sanitise(NotificationId id) {
  POSTROOM_TRY(letter, ports_.notifications.find(id));
  switch (letter.status) {
    case NotificationStatus::pending_virus_check: return judge(letter);
    case NotificationStatus::created:
    case NotificationStatus::delivered: return mend(letter);
    default: return leave(letter);
  }
}

Result<CheckedLetter> LetterFiling::check(const Notification& letter, BytesView pdf) const {
  POSTROOM_TRY(service, ports_.services.find(letter.service_id));
  auto checked = check_.check(pdf, {.international = service.has(accounts::Permission::international_letters)});
  if (checked) return checked;
  // Whatever it is, it is not the file's verdict: tried again, and seen by a person in the end.
  if (checked.error().kind == ErrorKind::retry_later) return fail(std::move(checked).error());
  return fail(ErrorKind::internal, checked.error().message);
}

Result<void> LetterFiling::judge(const Notification& letter) {
  auto source = scan_files_.find(letter);
  if (!source && source.error().kind == ErrorKind::not_found)
    return fail(ErrorKind::retry_later, "the file of letter " + letter.reference + " is not in storage");
  if (!source) return fail(std::move(source).error());
  POSTROOM_TRY(content, ports_.blobs.get(source->bucket, source->blob.key));
  POSTROOM_CHECK(ports_.blobs.put(Bucket::letter_originals, original_key(letter.id), content));
  POSTROOM_TRY(checked, check(letter, content));
  if (!checked.verdict.passed()) return refuse(letter, *source, content, checked.verdict);
  return file(letter, checked);
}

Result<void> LetterFiling::refuse(const Notification& letter, const LetterFile& source, BytesView content,
                                  const letters::PdfVerdict& verdict) {
  POSTROOM_CHECK(ports_.blobs.put(Bucket::invalid_letters, letters::base_name(source.blob.key), content));
  const std::vector from{NotificationStatus::pending_virus_check};
  const std::string words = words_for(verdict);
  POSTROOM_TRY(moved, ports_.care.fail_checks(letter.id, from,
                                              {.code = std::string(verdict.code),
                                               .pages = verdict.invalid_pages,
                                               .page_count = verdict.page_count},
                                              ports_.clock.now(), "checks.failed", words));
  log_info("letters.checks_failed", {{"notification", letter.id.text()}, {"fault", words}, {"moved", moved}});
  POSTROOM_TRY(now, ports_.notifications.find(letter.id));
  return leave(now);
}

Result<void> LetterFiling::file(const Notification& letter, const CheckedLetter& checked) {
  Notification filed = letter;
  filed.status =
      letter.key_type == accounts::KeyType::test ? NotificationStatus::delivered : NotificationStatus::created;
  filed.to = join(checked.address_lines, "\n");
  filed.normalised_to = checked.verdict.address ? checked.verdict.address->normalised() : std::string();
  filed.postage = letters::pdf_postage(letter.postage, checked.postage_zone);
  filed.international = checked.is_international();
  filed.billable_units = sheets_of(checked.page_count);
  POSTROOM_TRY(key, files_.store(filed, checked.sanitised));
  POSTROOM_TRY(passed, ports_.care.pass_checks(filed, ports_.clock.now(), "checks.passed", key));
  if (!passed) {
    POSTROOM_TRY(now, ports_.notifications.find(letter.id));
    if (now.status == filed.status) return mend(now);
    log_info("letters.checked_too_late", {{"notification", letter.id.text()}, {"status", to_string(now.status)}});
    return leave(now);
  }
  log_info("letters.checks_passed", {{"notification", letter.id.text()}, {"pages", checked.page_count}});
  POSTROOM_CHECK(scan_files_.remove(letter));
  if (observer_) observer_({filed, key, checked.page_count});
  return {};
}

// Whoever changed the row had put the file there before; should it be gone, the one that came is still to be had.
Result<void> LetterFiling::mend(const Notification& letter) {
  auto filed = files_.find(letter);
  if (filed) return scan_files_.remove(letter);
  if (filed.error().kind != ErrorKind::not_found) return fail(std::move(filed).error());
  auto source = scan_files_.find(letter);
  if (!source && source.error().kind != ErrorKind::not_found) return fail(std::move(source).error());
  auto content = source ? ports_.blobs.get(source->bucket, source->blob.key)
                        : ports_.blobs.get(Bucket::letter_originals, original_key(letter.id));
  // Made of a template, or long gone: nothing of ours to do.
  if (!content && content.error().kind == ErrorKind::not_found) return {};
  if (!content) return fail(std::move(content).error());
  POSTROOM_TRY(checked, check(letter, *content));
  if (!checked.verdict.passed()) {
    return fail(ErrorKind::internal,
                fmt::format("the file of letter {} is missing, and the one it came from is refused now: {}",
                            letter.reference, words_for(checked.verdict)));
  }
  POSTROOM_TRY(key, files_.store(letter, checked.sanitised));
  log_warning("letters.file_mended", {{"notification", letter.id.text()}, {"key", key}});
  return scan_files_.remove(letter);
}

// The letter no longer waits: what is left of its file's way goes.
Result<void> LetterFiling::leave(const Notification& letter) const {
  if (letter.status == NotificationStatus::validation_failed) {
    if (auto kept = files_.find(letter); !kept) {
      return kept.error().kind == ErrorKind::not_found ? Result<void>{} : Result<void>{fail(kept.error())};
    }
    return scan_files_.remove(letter);
  }
  if (letter.status == NotificationStatus::technical_failure) {
    auto aside = scan_files_.find_in(letters::kUncheckedFolder, letter);
    if (!aside)
      return aside.error().kind == ErrorKind::not_found ? Result<void>{} : Result<void>{fail(aside.error())};
    return scan_files_.remove(letter);
  }
  if (letter.status != NotificationStatus::cancelled) return {};
  auto source = scan_files_.find(letter);
  if (!source)
    return source.error().kind == ErrorKind::not_found ? Result<void>{} : Result<void>{fail(source.error())};
  // Cancelled while it was being filed: neither copy is of use. One that had been filed before has no source.
  for (letters::PdfLocation place :
       {letters::pdf_location(letter.status, letter.key_type, letter.created_at, ports_.calendar),
        letters::PdfLocation{PdfPlace::invalid_letters, ""}}) {
    auto copy = files_.find_at(place, letter);
    if (copy) POSTROOM_CHECK(ports_.blobs.remove(copy->bucket, copy->blob.key));
  }
  POSTROOM_CHECK(ports_.blobs.remove(Bucket::letter_originals, original_key(letter.id)));
  return scan_files_.remove(letter);
}

Result<void> LetterFiling::give_up(NotificationId id, std::string_view reason) {
  POSTROOM_TRY(letter, give_up_checks(ports_, scan_files_, id, "checks.given_up", reason));
  return leave(letter);
}

Result<int> LetterFiling::sanitise_again(const Notification& letter) {
  if (letter.status != NotificationStatus::created && letter.status != NotificationStatus::delivered) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("letter {} is {}: only the file of a letter that waits for printing, or of a test, can be "
                    "made anew",
                    letter.reference, to_string(letter.status)));
  }
  auto original = ports_.blobs.get(Bucket::letter_originals, original_key(letter.id));
  if (!original && original.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found,
                fmt::format("the file that letter {} came as is not kept any more (a week)", letter.reference));
  }
  if (!original) return fail(std::move(original).error());
  POSTROOM_TRY(checked, check(letter, *original));
  if (!checked.verdict.passed()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the file of letter {} is refused now ({}); the present one stays", letter.reference,
                            words_for(checked.verdict)));
  }
  POSTROOM_CHECK(files_.store(letter, checked.sanitised));
  POSTROOM_CHECK(ports_.notifications.add_event(
      letter.id, {.at = ports_.clock.now(), .status = letter.status, .cause = "checks.repeated", .detail = {}}));
  return checked.page_count;
}

}  // namespace postroom::flows
