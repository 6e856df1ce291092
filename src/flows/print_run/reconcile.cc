#include "flows/print_run/reconcile.h"

#include "base/log.h"
#include "core/letters/record.h"

namespace postroom::flows {

Result<ReconcileSummary> reconcile_zips(const PrintRunPorts& ports, ZipSender& sender) {
  POSTROOM_TRY(names, ports.letters.uploaded_zips_with_created_letters());
  ReconcileSummary summary;
  for (const std::string& name : names) {
    // Those have jobs to move on, too.
    if (letters::is_record_file_name(name)) continue;
    ++summary.zips;
    auto outcome = sender.mark_letters_sent(name);
    if (outcome) {
      summary.letters += outcome->moved;
      continue;
    }
    ++summary.errors;
    log_error("letters.zip_not_reconciled", {{"zip", name}, {"error", outcome.error().message}});
  }
  if (summary.zips > 0)
    log_warning("letters.reconciled",
                {{"zips", summary.zips}, {"letters", summary.letters}, {"errors", summary.errors}});
  return summary;
}

}  // namespace postroom::flows
