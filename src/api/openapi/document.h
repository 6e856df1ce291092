// The description of the public API and where it is served.
#pragma once

#include <string_view>

#include "base/json.h"
#include "http/router.h"

namespace postroom::api {

// openapi.json as it was when the program was built.
std::string_view embedded_openapi_json();

// The description with `base_url` (no slash at the end) as its server. OpenAPI 3.1.
json::object openapi_document(std::string_view base_url);

// GET /openapi.json and GET /docs, without a token. Both answers are made once, here.
void add_api_description(http::Router& router, std::string_view base_url);

}  // namespace postroom::api
