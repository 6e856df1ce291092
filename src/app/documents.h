// Files by email, put together.
#pragma once

#include "app/parts.h"
#include "http/router.h"

namespace postroom::app {

// Ports and downloads; files cannot be sent yet.
void build_documents(Parts& parts);
// The pages where files are fetched.
void add_documents(http::Router& router, Parts& parts);
// From now on files can be sent, with links to parts.web_base_url. Without one they are refused.
void open_documents(Parts& parts);

}  // namespace postroom::app
