#include "cli/run.h"

#include <iostream>

#include "adapters/logo_reader/child_logo_reader.h"
#include "adapters/spreadsheet/child_reader.h"
#include "base/log.h"

namespace postroom::cli {

int fail_with(const Error& error) {
  std::cerr << "postroom: " << error.message << "\n";
  return 1;
}

int run(int argc, char** argv) {
  // Not for people: see ChildReader.
  if (argc == 2 && std::string_view(argv[1]) == spreadsheet::kChildArgument)
    return spreadsheet::read_spreadsheet_here();
  if (argc == 2 && std::string_view(argv[1]) == logo_reader::kChildArgument) return logo_reader::read_logo_here();
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
    if (invocation.command == "render") return run_render(invocation);
    if (invocation.command == "check-recipients") return run_check_recipients(invocation);
    if (invocation.command == "letters check") return run_check_letter(invocation);
    return run_remote(invocation);
  } catch (const std::exception& error) {
    std::cerr << "postroom: unexpected: " << error.what() << "; this is a bug, please report it\n";
    return 1;
  }
}

}  // namespace postroom::cli
