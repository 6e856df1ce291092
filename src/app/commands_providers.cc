// Providers of texts: shares, why they changed, and texts that may have gone out twice.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/commands.h"
#include "app/flow_parts.h"
#include "app/text_providers.h"

namespace postroom::app {
namespace {

constexpr int kRepeatsDefault = 1'000;

json::object describe(const ports::ProviderState& state) {
  const bool never = to_micros(state.changed_at) == 0;
  return {{"name", state.name},
          {"share", state.share},
          {"active", state.is_active},
          {"international", state.is_international},
          {"version", state.version},
          {"changed_at", never ? json::value(nullptr) : json::value(format_rfc3339(state.changed_at))},
          {"changed_by", state.changed_by},
          {"reason", state.reason}};
}

bool is_in_use(const Parts& parts, const std::string& name) {
  if (!parts.texting) return false;
  const auto& names = parts.texting->names;
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<json::value> list_providers(Parts& parts, const json::object&) {
  POSTROOM_TRY(states, parts.database->providers().providers());
  int sum = 0;
  for (const auto& state : states) {
    if (state.is_active && is_in_use(parts, state.name)) sum += state.share;
  }
  json::array out;
  for (const ports::ProviderState& state : states) {
    json::object row = describe(state);
    const bool in_use = is_in_use(parts, state.name);
    row["in_use"] = in_use;
    row["percent"] =
        in_use && state.is_active && sum > 0 ? json::value(100 * state.share / sum) : json::value(nullptr);
    out.push_back(std::move(row));
  }
  return json::value(out);
}

Result<json::value> provider_history(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(name, required(arguments, "name"));
  POSTROOM_TRY(states, parts.database->providers().provider_history(name, ports::kProviderHistoryMax));
  if (states.empty()) {
    return fail(ErrorKind::not_found,
                fmt::format("there is no provider '{}': `postroom provider list` shows them", name));
  }
  json::array out;
  for (const ports::ProviderState& state : states) out.push_back(describe(state));
  return json::value(out);
}

Result<json::value> show_provider(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(name, required(arguments, "name"));
  POSTROOM_TRY(all, list_providers(parts, arguments));
  for (const json::value& row : all.get_array()) {
    if (get_string(row.get_object(), "name") == name) return row;
  }
  return fail(ErrorKind::not_found,
              fmt::format("there is no provider '{}': `postroom provider list` shows them", name));
}

Result<json::value> set_provider(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(name, required(arguments, "name"));
  if (!parts.texting) {
    return fail(ErrorKind::invalid_input, "texts have no providers to choose from: name some in sms.provider");
  }
  flows::ProviderChange change;
  if (auto share = get_int(arguments, "share")) {
    if (*share < 0 || *share > texting::kShareMax) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("share is {}, but must be from 0 to {}", *share, texting::kShareMax));
    }
    change.share = static_cast<int>(*share);
  }
  change.is_active = get_bool(arguments, "active");
  change.is_international = get_bool(arguments, "international");
  if (!change.share && !change.is_active && !change.is_international)
    return fail(ErrorKind::invalid_input, "say what to change: --share, --active or --international");
  change.by = get_string(arguments, "by").value_or("operator");
  change.reason = get_string(arguments, "reason").value_or("");
  POSTROOM_TRY(state, parts.texting->keeper->set(name, change));
  return json::value(describe(state));
}

Result<json::value> repeated_texts(Parts& parts, const json::object& arguments) {
  const auto limit = get_int(arguments, "limit").value_or(kRepeatsDefault);
  POSTROOM_TRY(notes, parts.database->providers().repeated_hand_overs(
                          static_cast<int>(std::clamp<std::int64_t>(limit, 1, 1'000'000))));
  json::array out;
  for (const ports::HandOverNote& note : notes) {
    out.push_back(json::object{{"id", note.id.text()},
                               {"provider", note.provider},
                               {"repeats", note.repeats},
                               {"given_at", format_rfc3339(note.begun_at)}});
  }
  return json::value(out);
}

Result<Date> day_argument(const json::object& arguments, std::string_view name, Date standard) {
  auto text = get_string(arguments, name);
  if (!text || text->empty()) return standard;
  auto day = parse_date(*text);
  if (!day)
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is '{}', but must be a day as in 2026-03-02", name, *text));
  return *day;
}

double percent_of(const ports::Quickness& q) {
  return q.total == 0 ? 100 : static_cast<double>(1'000 * q.quick / q.total) / 10;
}

// A day is a local one.
Result<json::value> processing_times(Parts& parts, const json::object& arguments) {
  const Date today = parts.zone.local_date(parts.clock.now());
  POSTROOM_TRY(to, day_argument(arguments, "to", today));
  POSTROOM_TRY(from, day_argument(arguments, "from", add_days(to, -6)));
  POSTROOM_TRY(times, parts.flows->delivery_care->figures(from, to));
  json::array out;
  std::map<Date, ports::Quickness> sums;
  auto add = [&out](Date day, std::string_view channel, const ports::Quickness& q) {
    out.push_back(json::object{{"day", format_date(day)},
                               {"channel", channel},
                               {"messages", q.total},
                               {"within_10_seconds", q.quick},
                               {"percent", percent_of(q)}});
  };
  for (const ports::ProcessingTime& time : times) {
    add(time.day, to_string(time.type), time.quickness);
    sums[time.day].total += time.quickness.total;
    sums[time.day].quick += time.quickness.quick;
  }
  for (const auto& [day, sum] : sums) add(day, "all", sum);
  return json::value(out);
}

}  // namespace

void add_provider_commands(Commands& commands) {
  commands.add("provider list", list_providers);
  commands.add("provider show", show_provider);
  commands.add("provider history", provider_history);
  commands.add("provider set", set_provider);
  commands.add("provider repeats", repeated_texts);
  commands.add("processing-time", processing_times);
}

}  // namespace postroom::app
