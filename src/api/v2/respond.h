// Small steps that operations share.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "api/v2/errors.h"
#include "api/v2/handlers.h"
#include "base/json.h"
#include "core/notifications/notification.h"
#include "core/notifications/wire.h"

namespace postroom::api::v2 {

template <typename T>
using Or = tl::expected<T, http::Response>;

inline http::Response json_answer(int status, std::string text) {
  text += '\n';
  return http::Response::json(status, std::move(text));
}

inline flows::Sender sender_of(const auth::Caller& caller) {
  return {.service = *caller.service, .key_type = caller.key_type, .key_id = caller.key_id};
}

// The caller's service's notification whose id is in the path; else the answer that says why not.
Or<notifications::Notification> notification_in_path(PublicApi& api, const auth::Caller& caller,
                                                     const http::Request& request);
// The caller's service's template, archived ones too, hidden ones not.
Or<flows::LoadedTemplatePtr> template_for_reading(PublicApi& api, const auth::Caller& caller, TemplateId id,
                                                  std::optional<int> version);
// Subject and body of a stored notification as callers see them.
Or<notifications::RenderedContent> content_of(PublicApi& api, const notifications::Notification& notification);

std::vector<std::string> placeholder_names(const flows::LoadedTemplate& text);

}  // namespace postroom::api::v2
