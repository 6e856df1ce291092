// The look of emails as the brand.* settings say.
#pragma once

#include "base/settings.h"
#include "core/content/email.h"

namespace postroom::app {

// invalid_input names the setting, its value and what is allowed.
Result<content::EmailBrand> platform_brand(const Settings& settings);

}  // namespace postroom::app
