// Acknowledgement files: the print house's receipt for zips. Two forms are understood: lines
// "ZIP NAME|YYYYMMDDHHMMSS", and (since 2019) an empty file called "ZIP NAME.ACK.TXT".
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace postroom::letters {

// True for names that end in ".ack.txt", ignoring case.
bool is_acknowledgement_key(std::string_view key);

// Upper-case names of the zips that one file acknowledges, from its name and from its lines.
std::set<std::string> acknowledged_zips(std::string_view key, std::string_view content);

// True when the name carries `day`, as YYYYMMDD or as YYYY-MM-DD.
bool names_day(std::string_view key, Date day);

struct AcknowledgementGap {
  std::vector<std::string> missing;     // sent, not acknowledged; sorted
  std::vector<std::string> unexpected;  // acknowledged, not sent; sorted
};
// Both sides in any case; the answer is in upper case.
AcknowledgementGap compare_acknowledgements(const std::set<std::string>& sent,
                                            const std::set<std::string>& acknowledged);

}  // namespace postroom::letters
