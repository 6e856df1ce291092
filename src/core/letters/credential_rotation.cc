#include "core/letters/credential_rotation.h"

#include <array>

namespace postroom::letters {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";
// Without quotes and backslashes, which people and shells lose.
constexpr std::string_view kOthers = "!#$%&()*+,-./:;<=>?@[]^_{|}~";

char any_of(std::string_view characters, Random& random) {
  return characters[random.below(static_cast<std::uint32_t>(characters.size()))];
}

}  // namespace

std::string_view to_string(HouseCredential credential) {
  return credential == HouseCredential::api_key ? "API key" : "password";
}

UtcTime rotation_moment(HouseCredential credential, Date day) {
  const std::chrono::year_month_weekday first_tuesday{day.year() / day.month() / std::chrono::Tuesday[1]};
  std::chrono::sys_days date{first_tuesday};
  if (credential == HouseCredential::password) date += std::chrono::days{1};
  return UtcTime{date} + kRotationTime;
}

bool is_rotation_due(HouseCredential credential, UtcTime now, UtcTime changed_at) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const UtcTime moment = rotation_moment(credential, Date{today});
  return std::chrono::floor<std::chrono::days>(moment) == today && moment <= now && changed_at < moment;
}

bool is_running_out(HouseCredential credential, UtcTime now, UtcTime changed_at) {
  const Duration life = credential == HouseCredential::api_key ? kApiKeyLife : kPasswordLife;
  return now >= changed_at + life - kLifeLeftToWarn;
}

std::string make_password(Random& random) {
  const std::string all = std::string(kLower).append(kUpper).append(kDigits).append(kOthers);
  std::string out;
  for (std::string_view kind : {kLower, kUpper, kDigits, kOthers}) out += any_of(kind, random);
  while (out.size() < kPasswordLength) out += any_of(all, random);
  // The first four have their kinds in a known order until they are shuffled in.
  for (std::size_t i = out.size() - 1; i > 0; --i)
    std::swap(out[i], out[random.below(static_cast<std::uint32_t>(i + 1))]);
  return out;
}

}  // namespace postroom::letters
