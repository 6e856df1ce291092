// What 'render' makes of a letter.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/content/template_text.h"
#include "core/content/template_validation.h"

namespace postroom::cli {

enum class Format { text, html, json, pdf };

struct Render {
  content::TemplateChannel channel = content::TemplateChannel::sms;
  Format format = Format::text;
  std::string out;
  std::string text, subject, prefix, contact_block;
  content::Personalisation values;
  json::object raw_values;
  json::object arguments;  // all of them
};

inline tl::unexpected<Error> wrong(std::string message) {
  return fail(ErrorKind::invalid_input, std::move(message));
}

// invalid_input names all values that are missing.
Result<void> check_values(const Render& render, const std::vector<content::Placeholder>& placeholders);

Result<std::string> letter_output(const Render& render);

}  // namespace postroom::cli
