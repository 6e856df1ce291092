// Files that arguments name.
#pragma once

#include <string>

namespace postroom::cli {

// A refusal of the command line: throws what the parser turns into a message and exit status 2.
[[noreturn]] void refuse(const std::string& message);
// Refuses what cannot be read; `option` names the argument.
std::string read_bytes(const std::string& option, const std::string& path);
// Refuses what is not UTF-8, too.
std::string read_file(const std::string& option, const std::string& path);

}  // namespace postroom::cli
