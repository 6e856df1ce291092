#include "flows/print_run/responses.h"

#include <fmt/format.h>

#include "base/key_ring.h"
#include "base/log.h"
#include "base/text.h"
#include "core/letters/acknowledgement.h"
#include "core/letters/file_names.h"
#include "core/letters/response_file.h"
#include "flows/print_run/response_run.h"

namespace postroom::flows {
namespace {

using ports::Bucket;

constexpr std::size_t kBlobNameBytesMax = 200;

// Names from outside may hold anything; keys may not.
std::string blob_safe(std::string_view name) {
  std::string safe;
  for (char c : letters::base_name(name)) safe += is_ascii_alnum(c) || c == '.' || c == '_' || c == '-' ? c : '_';
  if (safe == letters::base_name(name) && safe.size() <= kBlobNameBytesMax) return safe;
  return safe.substr(0, kBlobNameBytesMax) + "." + to_hex(sha256(name)).substr(0, 16);
}

}  // namespace

std::string response_blob_key(std::string_view file_name) { return "responses/" + blob_safe(file_name); }
std::string acknowledgement_blob_key(std::string_view file_name) {
  return fmt::format("{}{}", kAcknowledgementPrefix, blob_safe(file_name));
}

Result<PollSummary> PrintResponses::poll() {
  PollSummary summary;
  auto responses = poll_folder(options_.response_folder, Wanted::everything, summary);
  if (options_.acknowledgement_folder != options_.response_folder) {
    auto acknowledgements = poll_folder(options_.acknowledgement_folder, Wanted::everything, summary);
    if (responses && !acknowledgements) responses = std::move(acknowledgements);
  }
  if (!responses) return fail(std::move(responses).error());
  return summary;
}

Result<PollSummary> PrintResponses::poll_acknowledgements() {
  PollSummary summary;
  POSTROOM_CHECK(poll_folder(options_.acknowledgement_folder, Wanted::acknowledgements, summary));
  return summary;
}

Result<void> PrintResponses::poll_folder(const std::string& folder, Wanted wanted, PollSummary& summary) {
  auto files = ports_.print_house.list(folder);
  if (!files) return fail_in("list " + folder, std::move(files).error());
  for (const ports::RemoteFile& file : *files) {
    if (wanted == Wanted::acknowledgements && !letters::is_acknowledgement_key(file.name)) continue;
    auto taken = take(folder, file, summary);
    if (taken) continue;
    ++summary.errors;
    log_error("letters.print_file_failed", {{"file", file.name}, {"error", taken.error().message}});
  }
  return {};
}

Result<void> PrintResponses::take(const std::string& folder, const ports::RemoteFile& file, PollSummary& summary) {
  const bool is_response = letters::is_response_key(file.name);
  if (!is_response && !letters::is_acknowledgement_key(file.name)) return {};
  const std::string key = is_response ? response_blob_key(file.name) : acknowledgement_blob_key(file.name);
  // The copy is written last, so its presence says that the file has been dealt with.
  const auto seen = ports_.blobs.stat(Bucket::print_responses, key);
  if (seen && seen->size == file.size) return {};
  if (!seen && seen.error().kind != ErrorKind::not_found) return fail(seen.error());

  POSTROOM_TRY(content, ports_.print_house.fetch(folder, file.name, options_.response_bytes_max));
  Result<void> processed;
  if (is_response) {
    ++summary.responses;
    if (auto result = process_response_file(file.name, content); !result)
      processed = fail(std::move(result).error());
  } else {
    ++summary.acknowledgements;
    if (auto result = process_acknowledgement(file.name, content); !result)
      processed = fail(std::move(result).error());
  }
  if (!processed && processed.error().kind == ErrorKind::retry_later) return processed;
  POSTROOM_CHECK(ports_.blobs.put(Bucket::print_responses, key, content));
  return processed;
}

Result<ResponseSummary> PrintResponses::process_response_file(std::string_view name, BytesView content) {
  auto lines = letters::parse_response_file(content);
  if (!lines) {
    log_error("letters.response_rejected", {{"file", letters::base_name(name)}, {"error", lines.error().message}});
    return fail_in(letters::base_name(name), std::move(lines).error());
  }
  return ResponseRun(ports_, name).all(*lines);
}

Result<AcknowledgementSummary> PrintResponses::process_acknowledgement(std::string_view name, BytesView content) {
  AcknowledgementSummary summary{.file_name = std::string(letters::base_name(name))};
  for (const std::string& upper_name : letters::acknowledged_zips(name, content)) {
    POSTROOM_TRY(zip, find_zip(upper_name));
    if (!zip) {
      log_info("letters.acknowledgement_unknown", {{"file", summary.file_name}, {"zip", upper_name}});
      summary.unknown.push_back(upper_name);
      continue;
    }
    POSTROOM_CHECK(ports_.letters.acknowledge_zip(*zip, ports_.clock.now()));
    summary.acknowledged.push_back(std::move(*zip));
  }
  log_info(
      "letters.acknowledged",
      {{"file", summary.file_name}, {"zips", summary.acknowledged.size()}, {"unknown", summary.unknown.size()}});
  return summary;
}

Result<std::optional<std::string>> PrintResponses::find_zip(const std::string& upper_name) {
  std::vector<Date> days;
  if (const auto named = letters::run_day_of_zip(upper_name)) {
    days.push_back(*named);
  } else {
    const Date today = ports_.zone.local_date(ports_.clock.now());
    days = {today, add_days(today, -1)};
  }
  for (const Date& day : days) {
    POSTROOM_TRY(zips, ports_.letters.zips(day));
    for (const ports::LetterZip& zip : zips) {
      if (equals_ignoring_case(zip.name, upper_name)) return zip.name;
    }
  }
  return std::nullopt;
}

}  // namespace postroom::flows
