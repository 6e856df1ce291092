#include "cli/print_account_arguments.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/read_file.h"

namespace postroom::cli {
namespace {

struct Values {
  std::string user, password_file, api_key_file, credential;
};

}  // namespace

void add_print_account(CLI::App* account, const AddWord& add) {
  auto v = std::make_shared<Values>();
  CLI::App* set = add(account, "set", "Store user, password and API key; what is not given stays",
                      "print-account set", [v](json::object& a) {
                        if (!v->user.empty()) a["user"] = v->user;
                        // Not as options themselves, which others see in the list of processes.
                        if (!v->password_file.empty())
                          a["password"] = read_file("--password-file", v->password_file);
                        if (!v->api_key_file.empty()) a["api_key"] = read_file("--api-key-file", v->api_key_file);
                      });
  set->add_option("--user", v->user, "User name");
  set->add_option("--password-file", v->password_file, "File with the password; /dev/stdin works too");
  set->add_option("--api-key-file", v->api_key_file, "File with the API key");
  add(account, "show", "User, and when password and API key were changed last", "print-account show",
      [](json::object&) {});
  add(account, "rotate", "Have the print house change the password or the API key now", "print-account rotate",
      [v](json::object& a) { a["credential"] = v->credential; })
      ->add_option("CREDENTIAL", v->credential, "password or api-key")
      ->required();
}

}  // namespace postroom::cli
