#include "base/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.h"

namespace postroom {
namespace {

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  std::int64_t factor = 1;
  for (auto [suffix, value] : {std::pair<std::string_view, std::int64_t>{"KiB", 1024},
                               {"MiB", 1024 * 1024},
                               {"GiB", 1024 * 1024 * 1024}}) {
    if (text.ends_with(suffix)) {
      factor = value;
      text.remove_suffix(suffix.size());
      break;
    }
  }
  auto number = parse_int<std::int64_t>(trim(text));
  if (!number || *number < 0 || *number > INT64_MAX / factor) return std::nullopt;
  return *number * factor;
}

std::optional<Duration> parse_time_of_day(std::string_view text) {
  auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto hours = parse_int<int>(text.substr(0, colon));
  auto minutes = parse_int<int>(text.substr(colon + 1));
  if (!hours || !minutes || *hours < 0 || *hours > 23 || *minutes < 0 || *minutes > 59) return std::nullopt;
  return std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
}

bool is_choice(std::string_view text, std::string_view choices) {
  for (const std::string& choice : split(choices, ' ')) {
    if (choice == text) return true;
  }
  return false;
}

std::string bounds_text(const SettingSpec& spec, std::string_view unit) {
  if (spec.min != INT64_MIN && spec.max != INT64_MAX)
    return fmt::format(" from {} to {}{}", spec.min, spec.max, unit);
  if (spec.min != INT64_MIN) return fmt::format(" of {}{} or more", spec.min, unit);
  if (spec.max != INT64_MAX) return fmt::format(" of {}{} or less", spec.max, unit);
  return "";
}

// What is allowed, when `text` is not; empty when it is.
std::string complaint(const SettingSpec& spec, std::string_view text) {
  auto in_bounds = [&](std::int64_t value) { return value >= spec.min && value <= spec.max; };
  switch (spec.type) {
    case SettingType::text: return "";
    case SettingType::integer: {
      auto value = parse_int<std::int64_t>(text);
      return value && in_bounds(*value) ? "" : "a whole number" + bounds_text(spec, "");
    }
    case SettingType::bytes: {
      auto value = parse_bytes(text);
      return value && in_bounds(*value) ? ""
                                        : "a number of bytes (KiB, MiB, GiB may follow)" + bounds_text(spec, "");
    }
    case SettingType::flag: return text == "true" || text == "false" ? "" : "true or false";
    case SettingType::duration: {
      auto value = parse_duration(text);
      bool good = value && in_bounds(std::chrono::floor<std::chrono::seconds>(*value).count());
      return good ? "" : "a time such as 250ms, 30s, 5min, 24h or 7d" + bounds_text(spec, " s");
    }
    case SettingType::choice: return is_choice(text, spec.choices) ? "" : "one of: " + std::string(spec.choices);
    case SettingType::time_of_day: return parse_time_of_day(text) ? "" : "a time of day such as 17:30";
  }
  return "";
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view name, const std::vector<SettingSpec>& specs) {
  std::string best;
  std::size_t best_distance = 8;  // further off than this is no help
  for (const SettingSpec& spec : specs) {
    std::size_t distance = edit_distance(name, spec.name);
    if (distance < best_distance) {
      best_distance = distance;
      best = spec.name;
    }
  }
  return best;
}

std::string_view place(SettingSource source) {
  switch (source) {
    case SettingSource::file: return "config file: ";
    case SettingSource::process_environment: return "environment variable: ";
    case SettingSource::command_line: return "--set: ";
    default: return "";
  }
}

}  // namespace

std::string_view to_string(SettingSource source) {
  switch (source) {
    case SettingSource::standard: return "default";
    case SettingSource::environment_defaults: return "environment";
    case SettingSource::file: return "file";
    case SettingSource::process_environment: return "process environment";
    case SettingSource::command_line: return "command line";
  }
  return "default";
}

std::optional<Duration> parse_duration(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_ascii_digit(text[digits])) ++digits;
  auto number = parse_int<std::int64_t>(text.substr(0, digits));
  if (!number || *number > 1'000'000'000) return std::nullopt;
  std::string_view unit = text.substr(digits);
  if (unit == "ms") return std::chrono::milliseconds{*number};
  if (unit == "s") return std::chrono::seconds{*number};
  if (unit == "min") return std::chrono::minutes{*number};
  if (unit == "h") return std::chrono::hours{*number};
  if (unit == "d") return std::chrono::hours{24 * *number};
  return std::nullopt;
}

Result<Settings> Settings::create(std::vector<SettingSpec> specs, const std::vector<Layer>& layers) {
  Settings settings;
  settings.specs_ = std::move(specs);
  for (const SettingSpec& spec : settings.specs_) {
    if (!complaint(spec, spec.default_text).empty()) {
      throw std::logic_error(fmt::format("setting {} has the bad default '{}'", spec.name, spec.default_text));
    }
    auto [at, added] =
        settings.values_.try_emplace(std::string(spec.name), Value{&spec, std::string(spec.default_text)});
    if (!added) throw std::logic_error(fmt::format("setting {} is declared twice", spec.name));
  }
  for (const Layer& layer : layers) {
    for (const auto& [name, text] : layer.values) {
      auto found = settings.values_.find(name);
      if (found == settings.values_.end()) {
        std::string near = nearest(name, settings.specs_);
        return fail(ErrorKind::invalid_input,
                    fmt::format("{}there is no setting '{}'{}", place(layer.source), name,
                                near.empty() ? "; `postroom config show` lists them all"
                                             : fmt::format("; did you mean '{}'?", near)));
      }
      std::string wrong = complaint(*found->second.spec, text);
      if (!wrong.empty()) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("{}setting '{}' is '{}', but must be {}", place(layer.source), name,
                                found->second.spec->secret ? "(hidden)" : text, wrong));
      }
      found->second.text = text;
      found->second.source = layer.source;
    }
  }
  return settings;
}

const Settings::Value& Settings::value(std::string_view name, SettingType type, SettingType other) const {
  auto found = values_.find(name);
  if (found == values_.end()) throw std::logic_error(fmt::format("setting {} is not declared", name));
  SettingType actual = found->second.spec->type;
  if (actual != type && actual != other) throw std::logic_error(fmt::format("setting {} has another type", name));
  return found->second;
}

const std::string& Settings::text(std::string_view name) const {
  return value(name, SettingType::text, SettingType::choice).text;
}

std::int64_t Settings::integer(std::string_view name) const {
  const Value& found = value(name, SettingType::integer, SettingType::bytes);
  return found.spec->type == SettingType::bytes ? *parse_bytes(found.text) : *parse_int<std::int64_t>(found.text);
}

bool Settings::flag(std::string_view name) const {
  return value(name, SettingType::flag, SettingType::flag).text == "true";
}

Duration Settings::duration(std::string_view name) const {
  const Value& found = value(name, SettingType::duration, SettingType::time_of_day);
  return found.spec->type == SettingType::duration ? *parse_duration(found.text) : *parse_time_of_day(found.text);
}

std::string environment_name(std::string_view setting) {
  return "POSTROOM_" + replace_all(to_upper(setting), ".", "_");
}

}  // namespace postroom
