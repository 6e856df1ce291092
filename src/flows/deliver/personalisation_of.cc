#include "flows/deliver/personalisation_of.h"

#include "base/json.h"

namespace postroom::flows {

Result<content::Personalisation> personalisation_of(const notifications::Notification& notification) {
  if (notification.personalisation.empty()) return content::Personalisation{};
  auto parsed = parse_json(notification.personalisation);
  if (!parsed || !parsed->is_object()) {
    return fail(ErrorKind::corrupt,
                "the personalisation of notification " + notification.id.text() + " does not read back");
  }
  return content::Personalisation::from_json(parsed->get_object());
}

}  // namespace postroom::flows
