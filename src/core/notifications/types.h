// Channels and postage, as the wire names them.
#pragma once

#include <optional>
#include <string_view>

namespace postroom::notifications {

enum class NotificationType { email, sms, letter };
std::string_view to_string(NotificationType type);
std::optional<NotificationType> parse_notification_type(std::string_view text);

// Declared in print order: zips and lists of letters are grouped by it.
enum class Postage { first, second, economy, europe, rest_of_world };
// "rest-of-world" for rest_of_world.
std::string_view to_string(Postage postage);
std::optional<Postage> parse_postage(std::string_view text);

}  // namespace postroom::notifications
