// The links themselves. A link names the email and carries a token with the recipient's address, so that nobody can
// unsubscribe others by guessing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/link_token.h"
#include "base/random.h"
#include "core/notifications/notification.h"

namespace postroom::flows {

// How long after an email was sent its link works.
inline constexpr std::chrono::seconds kUnsubscribeLinkAgeMax = std::chrono::days{365};

// Safe from several threads once the addresses are known. All must outlive it.
class UnsubscribeLinks {
 public:
  // The addresses are read when a link is made: those of listeners are known only once they listen. No slash at
  // their ends.
  UnsubscribeLinks(const LinkTokens& tokens, const std::string& api_base_url, const std::string& web_base_url,
                   const Clock& clock, Random& random)
      : tokens_(tokens), api_base_url_(api_base_url), web_base_url_(web_base_url), clock_(clock), random_(random) {}

  // Of the page with the button, for the foot of the email. Empty when nobody knows how to reach the pages.
  std::string page_url(const notifications::Notification& email) const;
  // Of what mail programs post to (RFC 8058), for the header and the API. Empty as above.
  std::string one_click_url(const notifications::Notification& email) const;
  // The page of a link that one_click_url() gave: some mail programs open that in a browser.
  std::string page_of(std::string_view notification_id, std::string_view token) const;

  // The recipient's address; nothing when the token is not ours, altered or too old.
  std::optional<std::string> address_in(std::string_view token) const;

 private:
  std::string url(const std::string& base, const notifications::Notification& email) const;

  const LinkTokens& tokens_;
  const std::string& api_base_url_;
  const std::string& web_base_url_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace postroom::flows
