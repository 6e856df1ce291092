#include "flows/print_run/local_prints.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "core/letters/print_file.h"
#include "flows/print_run/letter_files.h"
#include "flows/print_run/temp_file.h"

namespace postroom::flows {
namespace {

using notifications::Notification;
using notifications::NotificationStatus;
using ports::Bucket;

// Nobody else sorts them.
constexpr std::string_view kCostClass = "unsorted";

std::set<std::string> upper_case(std::span<const std::string> references) {
  std::set<std::string> out;
  for (const std::string& one : references) out.insert(to_upper(one));
  return out;
}

template <typename T, typename Do>
Result<void> in_chunks(std::span<const T> all, Do&& act) {
  for (std::size_t start = 0; start < all.size(); start += kLettersPerCommitMax)
    POSTROOM_CHECK(act(all.subspan(start, std::min(kLettersPerCommitMax, all.size() - start))));
  return {};
}

// References in the record of a file.
Result<std::vector<std::string>> references_in(BytesView record) {
  POSTROOM_TRY(keys, parse_json(record));
  if (!keys.is_array()) return fail(ErrorKind::corrupt, "the record of the file is no list");
  std::vector<std::string> out;
  for (const auto& key : keys.get_array()) {
    if (!key.is_string()) return fail(ErrorKind::corrupt, "the record of the file is no list of names");
    out.push_back(letters::reference_of_key(std::string_view(key.get_string())));
  }
  return out;
}

}  // namespace

Result<LocalPrints::Letters> LocalPrints::find_letters(std::span<const std::string> references) const {
  if (references.size() > kReferencesPerCallMax)
    return fail(ErrorKind::invalid_input, fmt::format("{} letters at once are too many: give at most {}",
                                                      references.size(), kReferencesPerCallMax));
  const std::set<std::string> wanted = upper_case(references);
  const std::vector<std::string> list(wanted.begin(), wanted.end());
  Letters out;
  POSTROOM_CHECK(
      in_chunks(std::span<const std::string>(list), [&](std::span<const std::string> chunk) -> Result<void> {
        POSTROOM_TRY(found, ports_.notifications.find_by_references(chunk));
        out.insert(out.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
        return {};
      }));
  std::set<std::string> missing = wanted;
  for (const Notification& letter : out) missing.erase(letter.reference);
  if (!missing.empty())
    return fail(ErrorKind::invalid_input,
                fmt::format("there is no letter {}: references stand in the count sheet and in "
                            "'postroom letters explain'",
                            *missing.begin()));
  return out;
}

Result<LocalPrints::Letters> LocalPrints::letters_of_file(const std::string& name) {
  auto zip = ports_.letters.zip(name);
  if (!zip && zip.error().kind == ErrorKind::not_found) {
    auto record = ports_.blobs.get(Bucket::letters_pdf, letters::print_again_record_key(name));
    if (!record && record.error().kind == ErrorKind::not_found)
      return fail(
          ErrorKind::not_found,
          fmt::format("postroom made no file {}: 'postroom letters status --day' lists a day's files", name));
    if (!record) return fail(std::move(record).error());
    POSTROOM_TRY(references, references_in(*record));
    return find_letters(references);
  }
  if (!zip) return fail(std::move(zip).error());
  if (zip->state != ports::ZipState::uploaded)
    return fail(ErrorKind::invalid_input, fmt::format("{} is {} and not in the folder: it cannot have been printed",
                                                      name, to_string(zip->state)));
  // A crash may have left letters behind that people hold in their hands by now.
  POSTROOM_CHECK(sender_.mark_letters_sent(name));
  POSTROOM_TRY(entries, ports_.letters.zip_letters(name));
  Letters out;
  POSTROOM_CHECK(in_chunks(
      std::span<const ports::ZipLetter>(entries), [&](std::span<const ports::ZipLetter> chunk) -> Result<void> {
        std::vector<NotificationId> ids;
        for (const ports::ZipLetter& entry : chunk) ids.push_back(entry.id);
        POSTROOM_TRY(found, ports_.notifications.find_all(ids));
        out.insert(out.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
        return {};
      }));
  return out;
}

Result<void> LocalPrints::add_file(const std::string& name, PrintedSummary& summary, Letters& letters) {
  POSTROOM_TRY(found, letters_of_file(name));
  summary.files.push_back(name);
  letters.insert(letters.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  return {};
}

Result<PrintedSummary> LocalPrints::printed(const PrintedQuery& query) {
  PrintedSummary summary;
  Letters letters;
  if (query.file) POSTROOM_CHECK(add_file(*query.file, summary, letters));
  if (query.run_day) {
    POSTROOM_TRY(zips, ports_.letters.zips(*query.run_day));
    for (const ports::LetterZip& zip : zips)
      if (zip.state == ports::ZipState::uploaded) POSTROOM_CHECK(add_file(zip.name, summary, letters));
    if (summary.files.empty())
      return fail(ErrorKind::not_found,
                  fmt::format("no file of {} is in the folder: see 'postroom letters status --day {}'",
                              format_date(*query.run_day), format_date(*query.run_day)));
  }
  if (!query.references.empty()) {
    POSTROOM_TRY(found, find_letters(query.references));
    letters.insert(letters.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  if (!query.file && !query.run_day && query.references.empty())
    return fail(ErrorKind::invalid_input, "say what was printed: a FILE, --day, or --reference");

  std::set<std::string> except = upper_case(query.except);
  const std::size_t before = letters.size();
  const std::set<std::string> wanted = except;
  std::erase_if(letters, [&](const Notification& letter) {
    except.erase(letter.reference);
    return wanted.contains(letter.reference);
  });
  if (!except.empty())
    return fail(
        ErrorKind::invalid_input,
        fmt::format("letter {} is not among those that were printed; nothing was changed", *except.begin()));
  summary.left_out = static_cast<int>(before - letters.size());
  POSTROOM_CHECK(in_chunks(std::span<const Notification>(letters),
                           [&](std::span<const Notification> chunk) { return deliver(chunk, summary); }));
  log_info("letters.printed", {{"files", summary.files.size()},
                               {"delivered", summary.delivered},
                               {"unchanged", summary.unchanged},
                               {"left_out", summary.left_out}});
  return summary;
}

Result<void> LocalPrints::deliver(std::span<const Notification> letters, PrintedSummary& summary) {
  const UtcTime now = ports_.clock.now();
  std::vector<ports::StatusMove> moves;
  std::vector<ports::Despatch> despatches;
  for (const Notification& letter : letters) {
    moves.push_back({.id = letter.id,
                     .from = {NotificationStatus::sending},
                     .to = NotificationStatus::delivered,
                     .at = now,
                     .cause = "operator.printed",
                     .detail = ""});
  }
  POSTROOM_TRY(moved, ports_.notifications.move_all(moves));
  for (std::size_t i = 0; i < letters.size(); ++i) {
    ++(moved[i] ? summary.delivered : summary.unchanged);
    if (moved[i])
      despatches.push_back({.id = letters[i].id,
                            .despatched_on = ports_.zone.local_date(now),
                            .cost_class = std::string(kCostClass)});
  }
  if (despatches.empty()) return {};
  return ports_.letters.record_despatches(despatches);
}

Result<PrintAgainSummary> LocalPrints::print_again(std::span<const std::string> references) {
  if (references.empty()) return fail(ErrorKind::invalid_input, "say which letters: give their references");
  POSTROOM_TRY(letters, find_letters(references));
  for (const Notification& letter : letters) {
    if (letter.status == NotificationStatus::sending || letter.status == NotificationStatus::delivered) continue;
    return fail(
        ErrorKind::invalid_input,
        fmt::format("letter {} is {}: only letters that were in a file before can be printed again; nothing "
                    "was made",
                    letter.reference, to_string(letter.status)));
  }
  const auto order = [](const Notification& n) { return std::tuple(n.postage, n.service_id, n.created_at, n.id); };
  std::sort(letters.begin(), letters.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  PrintAgainSummary summary;
  for (auto from = letters.begin(); from != letters.end();) {
    const auto to = std::find_if(from, letters.end(), [&](const auto& n) { return n.postage != from->postage; });
    POSTROOM_TRY(name, make_file(std::span<const Notification>(from, to)));
    summary.files.push_back(name);
    summary.letters += static_cast<int>(to - from);
    from = to;
  }
  return summary;
}

Result<std::string> LocalPrints::make_file(std::span<const Notification> letters) {
  const LetterFiles files(ports_.blobs, {.zone = ports_.zone, .cutoff = options_.print_cutoff});
  std::vector<std::string> keys;
  for (const Notification& letter : letters) {
    auto file = files.find(letter);
    if (!file) return fail_in(fmt::format("the PDF of letter {}", letter.reference), std::move(file).error());
    keys.push_back(std::move(file->blob.key));
  }
  const UtcTime now = ports_.clock.now();
  const std::string name =
      letters::print_file_name({.run_day = ports_.zone.local_date(now),
                                .postage = letters.front().postage.value_or(notifications::Postage::second),
                                .number = 0,
                                .keys_hash = letters::zip_keys_hash(keys),
                                .service_id = std::nullopt,
                                .organisation_id = std::nullopt});
  POSTROOM_CHECK(write_file(name, letters, keys));
  for (const Notification& letter : letters) {
    POSTROOM_CHECK(ports_.notifications.add_event(
        letter.id, {.at = now, .status = letter.status, .cause = "operator.printed_again", .detail = name}));
  }
  log_info("letters.printed_again", {{"file", name}, {"letters", letters.size()}});
  return name;
}

Result<void> LocalPrints::write_file(const std::string& name, std::span<const Notification> letters,
                                     const std::vector<std::string>& keys) {
  POSTROOM_TRY(file, TempFile::create(options_.temp_folder));
  POSTROOM_TRY(batch, ports_.create_zip(file.path()));
  batch->set_name(name);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    auto pdf = ports_.blobs.get(Bucket::letters_pdf, keys[i]);
    if (!pdf) return fail_in(fmt::format("the PDF of letter {}", letters[i].reference), std::move(pdf).error());
    POSTROOM_CHECK(batch->add(letters::base_name(keys[i]), *pdf));
  }
  POSTROOM_CHECK(batch->finish());
  POSTROOM_CHECK(ports_.print_house.upload(options_.zip_folder, name, file.path(), {}));
  POSTROOM_CHECK(
      ports_.blobs.put(Bucket::letters_pdf, letters::print_again_record_key(name), letters::zip_record(keys)));
  return ports_.print_house.publish(options_.zip_folder, name);
}

}  // namespace postroom::flows
