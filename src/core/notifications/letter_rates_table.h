// data/letter_rates.tsv, as text compiled into the program (CMakeLists.txt writes the source from
// letter_rates_table.cc.in at configure time). Internal to this folder.
#pragma once

#include <string_view>

namespace postroom::notifications {

std::string_view letter_rates_table();

}  // namespace postroom::notifications
