#include "adapters/clamd/clamd_scanner.h"
#include "app/antivirus_settings.h"
#include "app/parts.h"
#include "base/log.h"

namespace postroom::app {

Result<std::unique_ptr<ports::VirusScanner>> build_virus_scanner(const Parts& parts) {
  const Settings& settings = parts.settings;
  const std::string& address = settings.text("antivirus.address");
  if (address.empty()) {
    if (!settings.flag("flags.sandbox_providers")) return std::unique_ptr<ports::VirusScanner>();
    return std::unique_ptr<ports::VirusScanner>(std::make_unique<fakes::SandboxScanner>(parts.faults.get()));
  }
  auto scanner = clamd::ClamdScanner::create(
      {.address = address,
       .timeout = std::chrono::duration_cast<std::chrono::milliseconds>(settings.duration("antivirus.timeout"))});
  if (!scanner) return fail_in("setting 'antivirus.address'", scanner.error());
  return std::unique_ptr<ports::VirusScanner>(std::move(*scanner));
}

void warn_without_scanner(const Parts& parts) {
  if (parts.virus_scanner) return;
  log_warning(
      "antivirus.none",
      {{"message",
        "THERE IS NO VIRUS SCANNER: letters that come as PDF wait and are not printed, uploads and attachments "
        "are refused, and so are files sent by email unless documents.unscanned is set. Install clamd and set "
        "antivirus.address"}});
}

}  // namespace postroom::app
