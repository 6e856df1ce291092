// Each setting is declared once: name, type, default, bounds, unit and help. Validation, `postroom config show`
// and docs/operating/settings.md all come from the declarations.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace postroom {

enum class SettingType {
  text,         // any text
  integer,      // bounds apply
  flag,         // true or false
  duration,     // "250ms", "30s", "5min", "24h", "7d"; bounds in seconds apply
  choice,       // one of `choices`
  time_of_day,  // "17:30", wall clock
  bytes,        // a number of bytes, or with KiB, MiB, GiB; bounds apply
};

struct SettingSpec {
  std::string_view name;  // "letters.zip_bytes_max": the folder's word, a dot, then as H14 names things
  SettingType type;
  std::string_view default_text;
  std::string_view help;  // one sentence
  std::int64_t min = INT64_MIN;
  std::int64_t max = INT64_MAX;
  std::string_view choices = {};  // blank-separated
  bool secret = false;            // shown as "(set)" instead of its value
};

// Where a value came from, for `config show`.
enum class SettingSource { standard, environment_defaults, file, process_environment, command_line };
std::string_view to_string(SettingSource source);

// Every value of every declared setting, valid by construction. Immutable after loading.
class Settings {
 public:
  struct Value {
    const SettingSpec* spec;
    std::string text;
    SettingSource source = SettingSource::standard;
  };
  // One layer of overrides; later layers win.
  struct Layer {
    SettingSource source;
    std::map<std::string, std::string, std::less<>> values;
  };

  // `specs` must outlive the Settings. invalid_input names the setting, the value, what is allowed, and for an
  // unknown name the nearest known one.
  Settings(Settings&&) = default;
  Settings& operator=(Settings&&) = default;
  static Result<Settings> create(std::vector<SettingSpec> specs, const std::vector<Layer>& layers);

  // Asking for an undeclared name or as another type is a bug and throws std::logic_error.
  const std::string& text(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;  // also bytes
  bool flag(std::string_view name) const;
  Duration duration(std::string_view name) const;  // also time_of_day, since midnight

  const std::map<std::string, Value, std::less<>>& values() const { return values_; }

 private:
  Settings() = default;
  const Value& value(std::string_view name, SettingType type, SettingType other) const;
  std::vector<SettingSpec> specs_;
  std::map<std::string, Value, std::less<>> values_;
};

// "POSTROOM_LETTERS_ZIP_BYTES_MAX" for "letters.zip_bytes_max".
std::string environment_name(std::string_view setting);

std::optional<Duration> parse_duration(std::string_view text);

// Reads TOML into dotted names. invalid_input names line and column.
Result<std::map<std::string, std::string, std::less<>>> parse_config_file(std::string_view toml);

}  // namespace postroom
