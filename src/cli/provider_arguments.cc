#include "cli/provider_arguments.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace postroom::cli {
namespace {

struct Values {
  std::string name, active, international, by, reason;
  std::optional<int> share;
  int limit = 0;
};

}  // namespace

void add_provider(CLI::App* provider, const AddWord& add) {
  auto v = std::make_shared<Values>();
  auto name_it = [v](CLI::App* command) {
    command->add_option("NAME", v->name, "Its name in sms.provider")->required();
    return command;
  };
  auto put_name = [v](json::object& a) { a["name"] = v->name; };
  add(provider, "list", "All providers with their shares of the traffic", "provider list", [](json::object&) {});
  name_it(add(provider, "show", "One provider", "provider show", put_name));
  name_it(add(provider, "history", "Its changes with their causes, newest first", "provider history", put_name));
  CLI::App* set = name_it(add(provider, "set", "Change a provider's share, or whether it is used", "provider set",
                              [v](json::object& a) {
                                a["name"] = v->name;
                                if (v->share) a["share"] = *v->share;
                                if (!v->active.empty()) a["active"] = v->active == "yes";
                                if (!v->international.empty()) a["international"] = v->international == "yes";
                                if (!v->by.empty()) a["by"] = v->by;
                                if (!v->reason.empty()) a["reason"] = v->reason;
                              }));
  set->add_option("--share", v->share, "0 to 100, relative to the other providers'");
  set->add_option("--active", v->active, "yes or no: whether texts go to it")->check(CLI::IsMember({"yes", "no"}));
  set->add_option("--international", v->international, "yes or no: whether texts abroad go to it")
      ->check(CLI::IsMember({"yes", "no"}));
  set->add_option("--by", v->by, "Who changes it (default: operator)");
  set->add_option("--reason", v->reason, "Why");
  add(provider, "repeats", "Texts given again in doubt, which may have gone out twice", "provider repeats",
      [v](json::object& a) {
        if (v->limit > 0) a["limit"] = v->limit;
      })
      ->add_option("--limit", v->limit, "How many (default: 1000)")
      ->check(CLI::PositiveNumber);
}

void add_processing_time(CLI::App* app, const AddWord& add) {
  auto v = std::make_shared<std::pair<std::string, std::string>>();
  CLI::App* command = add(app, "processing-time", "How many messages of a day left within 10 seconds",
                          "processing-time", [v](json::object& a) {
                            if (!v->first.empty()) a["from"] = v->first;
                            if (!v->second.empty()) a["to"] = v->second;
                          });
  command->add_option("--from", v->first, "First day, such as 2026-03-02 (default: six days before the last)");
  command->add_option("--to", v->second, "Last day (default: today)");
}

}  // namespace postroom::cli
