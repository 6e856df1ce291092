// Letters printed at hand: people say what is in the post, and have spoiled letters printed again.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "flows/print_run/print_run_ports.h"
#include "flows/print_run/settings.h"
#include "flows/print_run/zip_and_send.h"

namespace postroom::flows {

inline constexpr std::size_t kReferencesPerCallMax = 10'000;

// What was printed: a file, all files of a day's run, or single letters; of these, all but `except`.
struct PrintedQuery {
  std::optional<std::string> file;
  std::optional<Date> run_day;
  std::vector<std::string> references;  // in any case
  std::vector<std::string> except;      // in any case
};

struct PrintedSummary {
  std::vector<std::string> files;
  int delivered = 0;  // letters that changed their state
  int unchanged = 0;  // that were delivered before, or are neither sending nor created
  int left_out = 0;   // by `except`
};

struct PrintAgainSummary {
  std::vector<std::string> files;  // one for each postage
  int letters = 0;
};

// Safe from several threads. References that are unknown, or not where they should be, are invalid_input, and then
// nothing is changed: a slip of the pen must not mark another letter.
class LocalPrints {
 public:
  LocalPrints(PrintRunPorts ports, PrintRunOptions options, ZipSender& sender)
      : ports_(std::move(ports)), options_(std::move(options)), sender_(sender) {}

  // Letters that are sending become delivered, and today is their day of despatch. Repeating it changes nothing.
  // not_found for a file that is unknown, invalid_input for one that is not in the folder yet.
  Result<PrintedSummary> printed(const PrintedQuery& query);

  // Puts a file with these letters into the folder once more, one for each postage, now. Their states stay: they
  // must be sending or delivered. The same letters on the same day replace the file.
  Result<PrintAgainSummary> print_again(std::span<const std::string> references);

 private:
  using Letters = std::vector<notifications::Notification>;

  Result<Letters> letters_of_file(const std::string& name);
  Result<Letters> find_letters(std::span<const std::string> references) const;
  Result<void> add_file(const std::string& name, PrintedSummary& summary, Letters& letters);
  Result<void> deliver(std::span<const notifications::Notification> letters, PrintedSummary& summary);
  Result<std::string> make_file(std::span<const notifications::Notification> letters);
  Result<void> write_file(const std::string& name, std::span<const notifications::Notification> letters,
                          const std::vector<std::string>& keys);

  PrintRunPorts ports_;
  PrintRunOptions options_;
  ZipSender& sender_;
};

}  // namespace postroom::flows
