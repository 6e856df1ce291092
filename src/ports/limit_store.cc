#include "ports/limit_store.h"

namespace postroom::ports {

std::string_view to_string(DailyChannel channel) {
  switch (channel) {
    case DailyChannel::email: return "email";
    case DailyChannel::sms: return "sms";
    case DailyChannel::letter: return "letter";
    case DailyChannel::international_sms: return "international_sms";
  }
  return "";
}

DailyChannel daily_channel_of(notifications::NotificationType type) {
  switch (type) {
    case notifications::NotificationType::email: return DailyChannel::email;
    case notifications::NotificationType::sms: return DailyChannel::sms;
    case notifications::NotificationType::letter: return DailyChannel::letter;
  }
  return DailyChannel::sms;
}

}  // namespace postroom::ports
