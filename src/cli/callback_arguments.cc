#include "cli/callback_arguments.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace postroom::cli {
namespace {

constexpr const char* kTypes = "delivery, inbound, returned or complaint";

struct Values {
  std::string service, type, url, token, kind, secret, id, event, since, state;
  int overlap_hours = -1, limit = 0;
  bool replay = false;
};
using Shared = std::shared_ptr<Values>;

void put(json::object& out, std::string_view key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}

void fill(json::object& a, const Values& v) {
  put(a, "service", v.service);
  put(a, "type", v.type);
  put(a, "url", v.url);
  put(a, "token", v.token);
  put(a, "kind", v.kind);
  put(a, "secret", v.secret);
  put(a, "id", v.id);
  put(a, "event", v.event);
  put(a, "since", v.since);
  put(a, "state", v.state);
  if (v.overlap_hours >= 0) a["overlap_hours"] = v.overlap_hours;
  if (v.limit > 0) a["limit"] = v.limit;
  if (v.replay) a["replay"] = true;
}

struct Adder {
  const AddWord& add;
  Shared v = std::make_shared<Values>();

  CLI::App* word(CLI::App* parent, const std::string& name, const std::string& help, std::string command) const {
    return add(parent, name, help, std::move(command), [shared = v](json::object& a) { fill(a, *shared); });
  }
  // One that is about one callback.
  CLI::App* of_one(CLI::App* parent, const std::string& name, const std::string& help, std::string command) const {
    CLI::App* made = word(parent, name, help, std::move(command));
    made->add_option("SERVICE", v->service, "Id or name of the service")->required();
    made->add_option("--type", v->type, kTypes)->required();
    return made;
  }
  CLI::App* of_service(CLI::App* parent, const std::string& name, const std::string& help,
                       std::string command) const {
    CLI::App* made = word(parent, name, help, std::move(command));
    made->add_option("SERVICE", v->service, "Id or name of the service")->required();
    made->add_option("--type", v->type, std::string("Only of this type: ") + kTypes);
    made->add_option("--event", v->event, "Only this one: its webhook-id");
    made->add_option("--since", v->since, "Only from this time on, such as 2026-03-02T09:15:00Z");
    return made;
  }
};

void add_secrets(CLI::App* callback, const Adder& adder) {
  CLI::App* secret = callback->add_subcommand("secret", "What signs callbacks (Standard Webhooks)");
  secret->require_subcommand(1);
  secret->fallthrough();
  for (auto [name, help] : {std::pair{"create", "Make a secret; its text is shown this once"},
                            {"rotate", "Make a secret; the old ones sign beside it for a while, then no more"}}) {
    CLI::App* made = adder.of_one(secret, name, help, std::string("callback secret ") + name);
    made->add_option("--kind", adder.v->kind, "v1 (HMAC-SHA256, the default) or v1a (Ed25519)");
    made->add_option("--secret", adder.v->secret, "A secret made elsewhere: whsec_ and base64 of 24 to 64 bytes");
    if (std::string_view(name) == "rotate")
      made->add_option("--overlap-hours", adder.v->overlap_hours, "How long the old ones still sign (default: 24)")
          ->check(CLI::Range(0, 24 * 90));
  }
  adder.of_one(secret, "list", "Secrets, without their texts", "callback secret list");
  adder.of_one(secret, "remove", "Sign no more with a secret", "callback secret remove")
      ->add_option("ID", adder.v->id, "Id of the secret")
      ->required();
}

}  // namespace

void add_callbacks(CLI::App* callback, const AddWord& add) {
  const Adder adder{add};
  Values& v = *adder.v;
  CLI::App* set = adder.of_one(callback, "set", "Set a callback", "callback set");
  set->add_option("--url", v.url, "https address that is posted to")->required();
  set->add_option("--token", v.token, "Bearer token, 10 characters or more")->required();
  adder.of_one(callback, "remove", "Take a callback away", "callback remove");
  adder.word(callback, "list", "Callbacks, whether they are on, and since when they fail", "callback list")
      ->add_option("SERVICE", v.service, "Only of this service: id or name");
  adder.of_one(callback, "on", "Post again to an address that was switched off", "callback on")
      ->add_flag("--replay", v.replay, "Post what was held back meanwhile, too");
  adder.of_one(callback, "off", "Hold back what is to be posted", "callback off");
  add_secrets(callback, adder);
  CLI::App* attempts = adder.of_service(
      callback, "attempts", "What was posted when, and what came of it; newest first", "callback attempts");
  CLI::App* events = adder.of_service(
      callback, "events", "What was to be posted, and how far it has come; oldest first", "callback events");
  CLI::App* replay = adder.of_service(callback, "replay", "Post again, to the present address", "callback replay");
  for (CLI::App* list : {attempts, events})
    list->add_option("--limit", v.limit, "How many (default: 100)")->check(CLI::Range(1, 1000));
  for (CLI::App* choice : {events, replay})
    choice->add_option("--state", v.state, "Only those that are retrying, delivered, failed or held");
}

}  // namespace postroom::cli
