// The settings of the virus scanner, and the scanner they ask for.
#pragma once

#include <memory>

#include "base/settings.h"
#include "ports/virus_scanner.h"

namespace postroom::app {

struct Parts;

inline constexpr SettingSpec kAntivirusSettings[] = {
    {"antivirus.address", SettingType::text, "",
     "clamd: its socket such as /run/clamav/clamd.ctl, or host:port. Empty: the sandbox's scanner where there is a "
     "sandbox; elsewhere none, and files from outside wait."},
    {"antivirus.timeout", SettingType::duration, "60s", "For one file, from connecting to the answer.", 1, 600},
};

// Null where there is none. invalid_input names the setting and the remedy.
Result<std::unique_ptr<ports::VirusScanner>> build_virus_scanner(const Parts& parts);
// Says loudly what it means that there is none.
void warn_without_scanner(const Parts& parts);

}  // namespace postroom::app
