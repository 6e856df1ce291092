// What an email gets around its text: look and links.
#pragma once

#include <string>

#include "core/accounts/email_brand.h"
#include "core/content/email.h"
#include "flows/send/template_cache.h"
#include "flows/unsubscribe/unsubscribe_links.h"

namespace postroom::flows {

// The platform's look with the service's brand in it.
content::EmailBrand email_look(const content::EmailBrand& platform, const accounts::EmailBrand& service);

struct EmailLinks {
  std::string page_url;    // for the foot; empty: none
  std::string header_url;  // for List-Unsubscribe, which only takes https; empty: none
};

// The foot's link is the template's; in the header the caller's own address wins. retry_later, with the setting to
// change, when the template promises a link that nobody could follow.
Result<EmailLinks> email_links(const notifications::Notification& email, const LoadedTemplate& text,
                               const UnsubscribeLinks* links);

}  // namespace postroom::flows
