// The reference of the API for people: one page, made from its description.
#pragma once

#include <string>

#include "base/json.h"

namespace postroom::api {

// `document` is an OpenAPI 3.1 description. HTML without scripts and without anything from elsewhere.
std::string reference_page(const json::object& document);

}  // namespace postroom::api
