// The HTML document around the body of an email: preview text, banners, frame, footer. Internal to email.cc.
#pragma once

#include <string>

#include "core/content/email.h"

namespace postroom::content {

struct EmailParts {
  std::string subject_html;
  std::string preheader_html;
  std::string fragment;
  bool right_to_left = false;
  bool complete = true;  // with doctype and head
};

std::string email_document(const EmailParts& parts, const EmailBrand& brand);

}  // namespace postroom::content
