#include "fakes/fault_box.h"

#include <fmt/format.h>

#include <array>
#include <thread>

namespace postroom::fakes {
namespace {

constexpr std::array<std::pair<std::string_view, FaultMode>, 5> kModes{{{"fail", FaultMode::fail},
                                                                        {"reject", FaultMode::reject},
                                                                        {"slow", FaultMode::slow},
                                                                        {"hang", FaultMode::hang},
                                                                        {"cut", FaultMode::cut}}};

bool is_target(std::string_view target) {
  return target == "email" || target == "sms" || target.starts_with("sms:") || target == "print" ||
         target == "blob" || target == "queue" || target == "scanner";
}

std::string_view name_of(FaultMode mode) {
  for (const auto& [name, value] : kModes) {
    if (value == mode) return name;
  }
  return "";
}

}  // namespace

std::optional<FaultMode> parse_fault_mode(std::string_view text) {
  for (const auto& [name, value] : kModes) {
    if (name == text) return value;
  }
  return std::nullopt;
}

Result<void> FaultBox::set(const json::object& request) {
  std::string target = get_string(request, "target").value_or("");
  if (!is_target(target)) {
    return fail(ErrorKind::invalid_input, "target must be email, sms, sms:NAME, print, blob, queue or scanner");
  }
  auto mode = parse_fault_mode(get_string(request, "mode").value_or(""));
  if (!mode) return fail(ErrorKind::invalid_input, "mode must be fail, reject, slow, hang or cut");
  std::int64_t count = get_int(request, "count").value_or(1);
  if (count < 0 || count > kCountMax) {
    return fail(ErrorKind::invalid_input, fmt::format("count must be from 0 to {}", kCountMax));
  }
  std::int64_t delay = get_int(request, "delay_ms").value_or(500);
  if (delay < 0 || delay > kDelayMax.count()) {
    return fail(ErrorKind::invalid_input, fmt::format("delay_ms must be from 0 to {}", kDelayMax.count()));
  }
  std::lock_guard lock(mutex_);
  if (count == 0)
    faults_.erase(target);
  else
    faults_[target] = Fault{*mode, static_cast<int>(count), std::chrono::milliseconds{delay}};
  return {};
}

std::optional<Fault> FaultBox::next(std::string_view target) {
  std::optional<Fault> fault;
  {
    std::lock_guard lock(mutex_);
    auto found = faults_.find(target);
    if (found == faults_.end() && target.starts_with("sms:")) found = faults_.find("sms");
    if (found == faults_.end()) return std::nullopt;
    fault = found->second;
    if (--found->second.count == 0) faults_.erase(found);
  }
  if (fault->mode == FaultMode::slow || fault->mode == FaultMode::hang) std::this_thread::sleep_for(fault->delay);
  if (fault->mode == FaultMode::slow) return std::nullopt;
  return fault;
}

json::object FaultBox::state() const {
  std::lock_guard lock(mutex_);
  json::object out;
  for (const auto& [target, fault] : faults_) {
    out[target] =
        json::object{{"mode", name_of(fault.mode)}, {"count", fault.count}, {"delay_ms", fault.delay.count()}};
  }
  return out;
}

Error error_of(const Fault& fault, std::string_view target) {
  if (fault.mode == FaultMode::reject)
    return {ErrorKind::rejected, fmt::format("{}: refused (injected fault)", target)};
  return {ErrorKind::retry_later, fmt::format("{}: no answer (injected fault '{}')", target, name_of(fault.mode))};
}

}  // namespace postroom::fakes
