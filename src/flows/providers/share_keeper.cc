#include "flows/providers/share_keeper.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace postroom::flows {
namespace {

using ports::ProviderState;
using texting::Pace;
using texting::ProviderShare;
using texting::ShareMove;

constexpr std::string_view kSlowTimesName = "sms.slow_delivery_times";

std::vector<ProviderShare> shares_of(std::span<const ProviderState> states) {
  std::vector<ProviderShare> out;
  for (const ProviderState& s : states) out.push_back({s.name, s.share, s.is_active, s.changed_at});
  return out;
}

const ProviderState* find_state(std::span<const ProviderState> states, std::string_view name) {
  for (const ProviderState& state : states) {
    if (state.name == name) return &state;
  }
  return nullptr;
}

}  // namespace

Result<void> ShareKeeper::ensure() {
  std::vector<ProviderState> fresh;
  for (const auto& [name, share] : options_.resting) {
    fresh.push_back({.name = name,
                     .share = share,
                     .changed_at = from_micros(0),
                     .changed_by = "settings",
                     .reason = "first seen in sms.provider"});
  }
  return ports_.providers.ensure_providers(fresh);
}

Result<std::vector<ProviderState>> ShareKeeper::in_use() {
  POSTROOM_TRY(all, ports_.providers.providers());
  std::erase_if(all, [&](const ProviderState& state) { return !options_.resting.contains(state.name); });
  return all;
}

Result<bool> ShareKeeper::apply(std::span<const ShareMove> moves, std::span<const ProviderState> known,
                                std::string_view by, const std::string& reason) {
  if (moves.empty()) return false;
  std::vector<ProviderState> changed;
  for (const ShareMove& move : moves) {
    const ProviderState* state = find_state(known, move.name);
    if (state == nullptr) return false;
    ProviderState next = *state;
    next.share = move.to;
    ++next.version;
    next.changed_at = ports_.clock.now();
    next.changed_by = by;
    next.reason = reason;
    changed.push_back(std::move(next));
  }
  POSTROOM_TRY(done, ports_.providers.change_providers(changed));
  if (!done) return false;
  for (const ProviderState& state : changed) {
    log_warning("provider.share_moved",
                {{"provider", state.name}, {"share", state.share}, {"by", by}, {"reason", reason}});
    ports_.metrics
        .counter("postroom_provider_share_changes_total", "Changes of a provider's share, by what made them",
                 {{"provider_name", state.name}, {"cause", std::string(by)}})
        .add();
  }
  return true;
}

Result<bool> ShareKeeper::take_step_from(std::string_view provider, Duration guard, std::string_view by,
                                         std::string reason) {
  POSTROOM_TRY(states, in_use());
  const auto moves = texting::take_step_from(provider, shares_of(states), guard, ports_.clock.now());
  return apply(moves, states, by, reason);
}

Result<bool> ShareKeeper::note_error(std::string_view provider) {
  const UtcTime now = ports_.clock.now();
  POSTROOM_TRY(count, ports_.providers.add_provider_error(provider, now, now - texting::kErrorWindow));
  if (count <= texting::kErrorsMax) return false;
  return take_step_from(
      provider, texting::kGuardAfterErrors, "errors",
      fmt::format("{}: {} errors within {} s", provider, count,
                  std::chrono::duration_cast<std::chrono::seconds>(texting::kErrorWindow).count()));
}

Result<int> ShareKeeper::check_paces() {
  const UtcTime now = ports_.clock.now();
  POSTROOM_TRY(measured, ports_.providers.provider_paces({now - texting::kSlowWindow, now, texting::kSlowAfter}));
  POSTROOM_TRY(states, in_use());
  std::vector<std::string> active;
  for (const ProviderState& state : states) {
    if (state.is_active) active.push_back(state.name);
  }
  std::vector<Pace> paces;
  for (const ports::ProviderPace& p : measured) paces.push_back({p.provider, p.texts, p.slow});
  for (const ProviderState& state : states) {
    // One without texts must not keep the figure of its last ones.
    auto pace = std::find_if(paces.begin(), paces.end(), [&](const Pace& p) { return p.provider == state.name; });
    const bool has_texts = pace != paces.end() && pace->texts > 0;
    ports_.metrics
        .gauge("postroom_provider_sms_not_delivered_within",
               "Part of a provider's texts of the last 15 minutes that took over 5 minutes",
               {{"provider_name", state.name}})
        .set(has_texts ? static_cast<double>(pace->slow) / static_cast<double>(pace->texts) : 0);
  }
  int moved = 0;
  for (const std::string& name : texting::slow_providers(paces, active)) {
    auto pace = std::find_if(paces.begin(), paces.end(), [&](const Pace& p) { return p.provider == name; });
    POSTROOM_TRY(has_moved, take_step_from(name, texting::kGuardAfterSlow, "slow delivery",
                                           fmt::format("{}: {} of {} texts of the last 15 min took over 5 min",
                                                       name, pace->slow, pace->texts)));
    if (has_moved) ++moved;
  }
  POSTROOM_CHECK(watch_all_texts(paces));
  return moved;
}

Result<void> ShareKeeper::watch_all_texts(std::span<const Pace> paces) {
  POSTROOM_TRY(stored, ports_.state.get(kSlowTimesName));
  const int before = stored ? parse_int<int>(*stored).value_or(0) : 0;
  const int percent = texting::slow_percent(paces);
  const int times = percent >= texting::kSlowAlertPercent ? before + 1 : 0;
  if (times != before) POSTROOM_CHECK(ports_.state.put(kSlowTimesName, std::to_string(times)));
  if (times != texting::kSlowAlertTimes) return {};
  const std::string message = fmt::format(
      "{} % of the texts of the last 15 minutes took over 5 minutes from hand-over to the phone, and it has been a "
      "tenth or more for {} minutes. See `postroom provider list` and ask the providers.",
      percent, times);
  log_error("provider.texts_are_slow", {{"percent", percent}, {"minutes", times}});
  if (!options_.raises_tickets) return {};
  auto raised = ports_.tickets.raise({.subject = fmt::format("[{}] Texts are slow", options_.environment_name),
                                      .message = message,
                                      .task_type = "slow_sms_delivery"});
  if (!raised) log_error("provider.ticket_not_raised", {{"message", message}, {"error", raised.error().message}});
  return {};
}

Result<int> ShareKeeper::step_to_rest() {
  POSTROOM_TRY(states, in_use());
  const auto moves = texting::step_to_rest(shares_of(states), options_.resting, ports_.clock.now());
  POSTROOM_TRY(moved, apply(moves, states, "rest", "nothing changed for 15 min: a step towards the resting point"));
  return moved ? static_cast<int>(moves.size()) : 0;
}

Result<ProviderState> ShareKeeper::set(std::string_view provider, const ProviderChange& change) {
  if (change.share && (*change.share < 0 || *change.share > texting::kShareMax)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("share is {}, but must be from 0 to {}", *change.share, texting::kShareMax));
  }
  POSTROOM_TRY(states, ports_.providers.providers());
  const ProviderState* known = find_state(states, provider);
  if (known == nullptr) {
    return fail(ErrorKind::not_found,
                fmt::format("there is no provider '{}': `postroom provider list` shows them", provider));
  }
  ProviderState next = *known;
  next.share = change.share.value_or(next.share);
  next.is_active = change.is_active.value_or(next.is_active);
  next.is_international = change.is_international.value_or(next.is_international);
  ++next.version;
  next.changed_at = ports_.clock.now();
  next.changed_by = change.by.empty() ? "operator" : change.by;
  next.reason = change.reason;
  POSTROOM_TRY(done, ports_.providers.change_providers(std::span(&next, 1)));
  if (!done) {
    return fail(
        ErrorKind::conflict,
        fmt::format("provider {} was changed at the same moment: look again, and repeat what is still right",
                    provider));
  }
  log_info("provider.set", {{"provider", next.name},
                            {"share", next.share},
                            {"active", next.is_active},
                            {"international", next.is_international},
                            {"by", next.changed_by}});
  return next;
}

}  // namespace postroom::flows
