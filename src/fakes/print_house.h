// A stub print house: takes zips and record files from its drop folder, checks them more strictly than the real
// one, and writes acknowledgement and response files. It works on its own side, a local folder: under SFTP, the
// server's.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/time_zone.h"
#include "ports/zip_writer.h"

namespace postroom::fakes {

enum class AcknowledgementForm {
  list,     // until 2019: NOTIFY.YYYYMMDDHHMMSS.ACK.txt with lines "ZIP NAME|YYYYMMDDHHMMSS"
  per_zip,  // since: ZIP NAME.ACK.TXT with the same line
};

struct PrintHouseOptions {
  std::string root;                    // must exist; the folders below are made
  std::string drop_folder = "notify";  // where zips arrive
  std::string acknowledgement_folder = "root/dispatch";
  std::string response_folder = "";        // empty: the root itself
  std::string done_folder = "done";        // zips that were printed
  std::string refused_folder = "refused";  // zips with a problem
  AcknowledgementForm acknowledgement_form = AcknowledgementForm::list;
  ports::ZipOpener open_zip;       // required
  const TimeZone* zone = nullptr;  // of the times in acknowledgements; null is UTC

  // Trouble on demand.
  std::set<std::string> failing_references;     // answered with Failed instead of Sent
  std::set<std::string> miscounted_references;  // answered with one sheet too many
  bool withhold_acknowledgements = false;
  bool withhold_responses = false;  // the answers wait for a later respond()
  int unsorted_percent = 0;         // of the references, always the same ones
};

struct PrintedLetter {
  std::string reference;
  std::string file_name;
  std::string zip_name;
  int pages = 0;
  int sheets = 0;
  bool is_failed = false;
};

struct PrintHouseReport {
  int zips = 0;  // printed
  int zips_refused = 0;
  int sheets = 0;
  std::vector<PrintedLetter> letters;
  std::vector<std::string> acknowledgement_files;  // names, without folder
  std::vector<std::string> response_files;
  std::vector<std::string> problems;  // also logged; none in a run that went well
};

// Remembers, across runs, every reference it printed: a letter that comes twice is a problem, printed and
// reported. Not thread-safe; one process per root.
class PrintHouse {
 public:
  static constexpr std::uint64_t kZipBytesMax = 2'147'483'647;
  static constexpr std::uint64_t kLetterBytesMax = 64ULL << 20;
  static constexpr std::size_t kZipsPerRunMax = 10'000;
  static constexpr std::size_t kProblemsPerZipMax = 20;

  // invalid_input for a root that is not there; corrupt when its memory of references does not read back.
  // `clock` must outlive it.
  static Result<std::unique_ptr<PrintHouse>> open(PrintHouseOptions options, const Clock& clock);

  // collect(), and respond() unless responses are withheld.
  Result<PrintHouseReport> run_once();
  // Takes each zip in the drop (never *.part): prints and acknowledges it, or refuses it whole.
  Result<PrintHouseReport> collect();
  // Answers for all letters printed and not yet answered, in one file. Gives its name; empty when there are none.
  Result<std::string> respond();

  PrintHouseOptions& options() { return options_; }

 private:
  PrintHouse(PrintHouseOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {}

  std::string path(std::string_view folder, std::string_view name) const;
  Result<void> load();
  std::vector<std::string> waiting_zips() const;
  // The letters of a sound zip; its faults, one sentence each, otherwise.
  tl::expected<std::vector<PrintedLetter>, std::vector<std::string>> inspect(const std::string& zip_name) const;
  tl::expected<std::vector<PrintedLetter>, std::vector<std::string>> inspect_record_file(
      const std::string& name) const;
  Result<void> print(const std::string& zip_name, std::vector<PrintedLetter> letters, PrintHouseReport& report);
  Result<void> acknowledge(const std::string& zip_name, PrintHouseReport& report);
  std::string stamp(UtcTime time) const;
  std::string response_line(const PrintedLetter& letter) const;
  Result<void> write_new(std::string_view folder, const std::string& name, BytesView content) const;
  Result<void> move_zip(const std::string& zip_name, std::string_view folder) const;

  PrintHouseOptions options_;
  const Clock& clock_;
  std::unordered_map<std::string, std::string> zip_of_reference_;
};

// The reference in "NOTIFY.{reference}.D.{class}.C.{[CN].}{YYYYMMDDHHMMSS}.PDF"; empty for any other name.
std::string reference_of_letter_name(std::string_view name);

}  // namespace postroom::fakes
