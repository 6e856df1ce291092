// Feeds arbitrary bytes to the configuration file's reader and what it gives to the settings' checks. A value that
// was taken must be readable as its type.
#include <cstdint>
#include <string_view>

#include "base/settings.h"

namespace {

constexpr postroom::SettingSpec kSpecs[] = {
    {"a.text", postroom::SettingType::text, "", "Text."},
    {"a.number", postroom::SettingType::integer, "1", "Number.", 0, 100},
    {"a.flag", postroom::SettingType::flag, "true", "Flag."},
    {"a.wait", postroom::SettingType::duration, "1s", "Wait."},
    {"a.at", postroom::SettingType::time_of_day, "17:30", "At."},
    {"a.size", postroom::SettingType::bytes, "1KiB", "Size."},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto values = postroom::parse_config_file({reinterpret_cast<const char*>(data), size});
  if (!values) return 0;
  auto settings = postroom::Settings::create({std::begin(kSpecs), std::end(kSpecs)},
                                             {{postroom::SettingSource::file, std::move(*values)}});
  if (!settings) return 0;
  settings->integer("a.number");
  settings->integer("a.size");
  settings->flag("a.flag");
  settings->duration("a.wait");
  settings->duration("a.at");
  return 0;
}
