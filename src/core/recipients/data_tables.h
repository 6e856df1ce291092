// The files of data/ that this library needs, as text compiled into the program (CMakeLists.txt writes the source
// from data_tables.cc.in at configure time). Internal to this folder.
#pragma once

#include <string_view>

namespace postroom::recipients::data_tables {

std::string_view sms_rates();
std::string_view countries();
std::string_view country_names();
std::string_view bank_holidays();

}  // namespace postroom::recipients::data_tables
