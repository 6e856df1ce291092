// What the print house says: acknowledgements of zips, and responses about each letter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flows/print_run/print_run_ports.h"
#include "flows/print_run/settings.h"

namespace postroom::flows {

// References of failed letters that a summary and its log line name; the rest is only counted.
inline constexpr std::size_t kFailedReferencesMax = 100;

struct ResponseSummary {
  std::string file_name;
  Date billing_day;
  int lines = 0;
  int delivered = 0;  // letters that changed their state
  int failed = 0;
  int unchanged = 0;     // lines about letters that stay as they are
  int unknown = 0;       // references that are no letter of ours
  int mismatched = 0;    // sheet counts that differ from ours; ours stay
  int unknown_cost = 0;  // lines with a cost class that is neither sorted nor unsorted
  std::int64_t sorted = 0;
  std::int64_t unsorted = 0;
  bool counts_recorded = false;
  int failure_lines = 0;
  std::vector<std::string> failed_references;  // the first kFailedReferencesMax
};

struct AcknowledgementSummary {
  std::string file_name;
  std::vector<std::string> acknowledged;  // our names
  std::vector<std::string> unknown;       // upper case
};

struct PollSummary {
  int responses = 0;
  int acknowledgements = 0;
  int errors = 0;  // files that were refused, or that are tried again at the next poll
};

// Keys in the bucket print_responses.
std::string response_blob_key(std::string_view file_name);
std::string acknowledgement_blob_key(std::string_view file_name);
inline constexpr std::string_view kAcknowledgementPrefix = "acknowledgements/";

// Safe from several threads: the same file processed twice, even at once, changes nothing the second time.
class PrintResponses {
 public:
  PrintResponses(PrintRunPorts ports, PrintRunOptions options)
      : ports_(std::move(ports)), options_(std::move(options)) {}

  // Reads every file of the print house's response and acknowledgement folders that is new or has changed its
  // size, and keeps a copy. A file that cannot be used is logged as an error, kept, and not read again; one that
  // met a passing trouble is read again at the next poll. retry_later or rejected when a folder cannot be listed.
  Result<PollSummary> poll();
  // The acknowledgements alone.
  Result<PollSummary> poll_acknowledgements();

  // invalid_input rejects the whole file: nothing is changed. Letters move by conditional updates only; whatever
  // does not fit is logged and counted. The file's sorted counts replace earlier ones of the same name.
  Result<ResponseSummary> process_response_file(std::string_view name, BytesView content);
  // Marks the zips that the file names.
  Result<AcknowledgementSummary> process_acknowledgement(std::string_view name, BytesView content);

 private:
  enum class Wanted { everything, acknowledgements };
  Result<void> poll_folder(const std::string& folder, Wanted wanted, PollSummary& summary);
  Result<void> take(const std::string& folder, const ports::RemoteFile& file, PollSummary& summary);
  Result<std::optional<std::string>> find_zip(const std::string& upper_name);

  PrintRunPorts ports_;
  PrintRunOptions options_;
};

}  // namespace postroom::flows
