// A stored notification's values, ready for filling its template.
#pragma once

#include "core/content/personalisation.h"
#include "core/notifications/notification.h"

namespace postroom::flows {

// corrupt when the stored text does not read back.
Result<content::Personalisation> personalisation_of(const notifications::Notification& notification);

}  // namespace postroom::flows
