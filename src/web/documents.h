// Where recipients fetch files sent by email: what it is and from whom, confirming the address where the sender
// wants that, and the file. Every page works without scripts and says nothing to those without the whole link.
#pragma once

#include <string_view>

#include "base/time_zone.h"
#include "flows/documents/document_downloads.h"
#include "http/router.h"

namespace postroom::web {

struct DocumentPagesOptions {
  TimeZone zone;                 // of the times shown
  bool is_https = false;         // people come by https: cookies then travel by https only
  bool is_behind_proxy = false;  // see client_of()
};

// `downloads` must outlive the router. Needs add_page_style().
//   GET  /d/{service}/{document}?key=            what it is, or the form for the address
//   POST /d/{service}/{document}?key=            the address (email_address=…)
//   GET  /d/{service}/{document}/download?key=   the file
//   GET  /services/{service}/documents/test-document   where links of simulated recipients lead
void add_document_pages(http::Router& router, flows::DocumentDownloads& downloads, DocumentPagesOptions options);

// RFC 6266: attachment with that name, with a plain one for old programs where it is not ASCII.
std::string attachment_disposition(std::string_view file_name);

}  // namespace postroom::web
