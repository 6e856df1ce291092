#include "cli/run.h"

#include <iostream>

#include "base/log.h"

namespace postroom::cli {

int fail_with(const Error& error) {
  std::cerr << "postroom: " << error.message << "\n";
  return 1;
}

int run(int argc, char** argv) {
  auto parsed = parse_arguments(argc, argv);
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) {
    (early->code == 0 ? std::cout : std::cerr) << early->text;
    return early->code;
  }
  const Invocation& invocation = std::get<Invocation>(parsed);
  try {
    if (invocation.command == "serve") return run_serve(invocation);
    if (invocation.command == "print-house run") return run_print_house(invocation);
    if (invocation.command == "config show" || invocation.command == "config check" ||
        invocation.command == "migrate") {
      return run_config(invocation);
    }
    return run_remote(invocation);
  } catch (const std::exception& error) {
    std::cerr << "postroom: unexpected: " << error.what() << "; this is a bug, please report it\n";
    return 1;
  }
}

}  // namespace postroom::cli
