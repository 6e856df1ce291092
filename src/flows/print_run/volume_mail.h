// Tells the print house by email, before the day's letters are collated, how many are coming.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "flows/print_run/collate.h"
#include "flows/print_run/print_run_ports.h"
#include "ports/mailer.h"

namespace postroom::flows {

struct VolumeMailOptions {
  std::vector<std::string> to;  // empty: nobody is told
  std::string from_name;
  std::string from_address;
  std::function<bool(ServiceId)> leaves_out;  // services whose letters travel another way; none when empty
};

// The subject and text of the mail. Whatever is neither first, second nor economy goes abroad.
struct VolumeText {
  std::string subject;
  std::string body;
};
VolumeText volume_text(Date run_day, const std::array<CollateSummary::Volume, 5>& by_postage);

// Safe from several threads.
class VolumeMail {
 public:
  VolumeMail(PrintRunPorts ports, ports::Mailer& mailer, VolumeMailOptions options)
      : ports_(std::move(ports)), mailer_(mailer), options_(std::move(options)) {}

  // Counts the letters that wait for this deadline and enqueues one mail for each address, once for each day,
  // however often the evening's run is repeated.
  Result<void> announce(UtcTime deadline);
  // Sends the mail of one task; a rejected one is an error that a retry does not mend.
  Result<void> send(const ports::ClaimedTask& task);

 private:
  Result<std::array<CollateSummary::Volume, 5>> count(UtcTime deadline) const;

  PrintRunPorts ports_;
  ports::Mailer& mailer_;
  VolumeMailOptions options_;
};

}  // namespace postroom::flows
