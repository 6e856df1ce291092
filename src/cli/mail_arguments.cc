#include "cli/mail_arguments.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "base/bytes.h"
#include "base/text.h"
#include "cli/read_file.h"

namespace postroom::cli {
namespace {

struct BounceValues {
  std::string file = "/dev/stdin", recipient;
};

struct SuppressionValues {
  std::string service, address;
  int limit = 0;
};

struct DkimValues {
  std::string domain, selector, key_file;
  bool ed25519 = false, rsa = false, later = false;
};

}  // namespace

void add_dkim(CLI::App* dkim, const AddWord& add) {
  auto v = std::make_shared<DkimValues>();
  const auto name = [v](json::object& a) {
    a["domain"] = v->domain;
    a["selector"] = v->selector;
  };
  const auto takes_name = [v](CLI::App* command) {
    command->add_option("DOMAIN", v->domain, "Domain of senders, such as mail.council.example")->required();
    command->add_option("SELECTOR", v->selector, "The key's name in the DNS, such as 2026-03")->required();
    return command;
  };
  CLI::App* make = takes_name(
      add(dkim, "add", "Make a key and show the DNS record for it", "dkim add", [v, name](json::object& a) {
        name(a);
        if (v->rsa) a["algorithm"] = "rsa";
        if (v->later) a["later"] = true;
        // Not as an option itself, which others see in the list of processes.
        if (!v->key_file.empty()) a["key"] = read_file("--key-file", v->key_file);
      }));
  CLI::Option* ed25519 = make->add_flag("--ed25519", v->ed25519, "Short and fast (the default)");
  make->add_flag("--rsa", v->rsa, "2,048 bits: read by every mail server")->excludes(ed25519);
  make->add_option("--key-file", v->key_file, "PEM file with a private key that exists already");
  make->add_flag("--later", v->later, "Sign only after `dkim use`, when the record is in the DNS");
  add(dkim, "list", "All keys", "dkim list", [](json::object&) {});
  takes_name(add(dkim, "record", "The DNS record of a key", "dkim record", name));
  takes_name(add(dkim, "check", "Whether the DNS has the record", "dkim check", name));
  takes_name(add(dkim, "use", "Sign with a key from now on", "dkim use", name));
  takes_name(add(dkim, "rest", "Sign with a key no more", "dkim rest", name));
  takes_name(add(dkim, "remove", "Delete a key", "dkim remove", name));
}

void add_email(CLI::App* email, const AddWord& add) {
  auto v = std::make_shared<BounceValues>();
  CLI::App* bounce = add(email, "bounce", "Take a bounce or complaint, as a mail server's pipe hands it over",
                         "email bounce", [v](json::object& a) {
                           std::string bytes = read_bytes("--file", v->file);
                           // Arguments travel as JSON.
                           if (is_valid_utf8(bytes))
                             a["message"] = std::move(bytes);
                           else
                             a["message_base64"] = to_base64(bytes);
                           if (!v->recipient.empty()) a["recipient"] = v->recipient;
                         });
  bounce->add_option("--file", v->file, "File with the message (default: standard input)");
  bounce->add_option("--recipient", v->recipient, "Address that it came to (default: what its headers say)");
}

void add_suppression(CLI::App* suppression, const AddWord& add) {
  auto v = std::make_shared<SuppressionValues>();
  const auto fill = [v](json::object& a) {
    if (!v->service.empty()) a["service"] = v->service;
    if (!v->address.empty()) a["address"] = v->address;
    if (v->limit > 0) a["limit"] = v->limit;
  };
  CLI::App* list = add(suppression, "list", "Addresses that get no emails, newest first", "suppression list", fill);
  list->add_option("--limit", v->limit, "How many (default: 1000)")->check(CLI::PositiveNumber);
  CLI::App* make = add(suppression, "add", "Send an address no emails any more", "suppression add", fill);
  CLI::App* remove = add(suppression, "remove", "Let an address get emails again", "suppression remove", fill);
  for (CLI::App* command : {make, remove}) command->add_option("ADDRESS", v->address, "Email address")->required();
  for (CLI::App* command : {list, make, remove})
    command->add_option("--service", v->service, "Only for this service, by id or name (default: all)");
}

}  // namespace postroom::cli
