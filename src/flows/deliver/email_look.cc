#include "flows/deliver/email_look.h"

namespace postroom::flows {
namespace {

content::EmailBrand::Layout layout_of(accounts::EmailLayout layout) {
  using Layout = content::EmailBrand::Layout;
  switch (layout) {
    case accounts::EmailLayout::platform: return Layout::platform;
    case accounts::EmailLayout::both: return Layout::both;
    case accounts::EmailLayout::brand: return Layout::brand;
    case accounts::EmailLayout::brand_banner: return Layout::brand_banner;
  }
  return Layout::platform;
}

}  // namespace

content::EmailBrand email_look(const content::EmailBrand& platform, const accounts::EmailBrand& service) {
  content::EmailBrand look = platform;
  look.layout = layout_of(service.layout);
  look.name = service.name;
  look.alt_text = service.alt_text;
  look.logo_url = service.logo_url;
  look.colour = service.colour;
  return look;
}

Result<EmailLinks> email_links(const notifications::Notification& email, const LoadedTemplate& text,
                               const UnsubscribeLinks* links) {
  EmailLinks out{.page_url = "", .header_url = email.unsubscribe_url};
  if (!text.record.has_unsubscribe_link) return out;
  if (links != nullptr) out.page_url = links->page_url(email);
  if (out.page_url.empty()) {
    return fail(ErrorKind::retry_later,
                "template " + text.record.id.text() +
                    " has an unsubscribe link, but this process does not know how people reach the web pages: set "
                    "web.base_url");
  }
  if (out.header_url.empty()) {
    std::string one_click = links->one_click_url(email);
    if (one_click.starts_with("https://")) out.header_url = std::move(one_click);
  }
  return out;
}

}  // namespace postroom::flows
