#include "core/notifications/types.h"

namespace postroom::notifications {

std::string_view to_string(NotificationType type) {
  switch (type) {
    case NotificationType::email: return "email";
    case NotificationType::sms: return "sms";
    case NotificationType::letter: return "letter";
  }
  return "";
}

std::optional<NotificationType> parse_notification_type(std::string_view text) {
  if (text == "email") return NotificationType::email;
  if (text == "sms") return NotificationType::sms;
  if (text == "letter") return NotificationType::letter;
  return std::nullopt;
}

std::string_view to_string(Postage postage) {
  switch (postage) {
    case Postage::first: return "first";
    case Postage::second: return "second";
    case Postage::economy: return "economy";
    case Postage::europe: return "europe";
    case Postage::rest_of_world: return "rest-of-world";
  }
  return "";
}

std::optional<Postage> parse_postage(std::string_view text) {
  for (Postage postage :
       {Postage::first, Postage::second, Postage::economy, Postage::europe, Postage::rest_of_world}) {
    if (to_string(postage) == text) return postage;
  }
  return std::nullopt;
}

}  // namespace postroom::notifications
