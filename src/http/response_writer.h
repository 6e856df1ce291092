// Turns a Response into the bytes of an HTTP/1.1 head. Pure, except for random ids.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "http/message.h"

namespace postroom::http {

struct ResponseHead {
  bool keep_alive = true;
  // The request said HTTP/1.0, where staying open must be said.
  bool http_1_0 = false;
  std::string_view trace_id;  // X-B3-TraceId; none when empty
  std::string_view span_id;
  const HeaderList* fixed_headers = nullptr;
  std::time_t now = 0;  // for Date
};

// Status line and headers, blank line included. Content-Length is the size of the body even where the body is
// not sent (HEAD); 204 and 304 have none.
std::string write_head(const Response& response, const ResponseHead& head);

// RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string format_http_date(std::time_t time);

// X-B3-TraceId, else X-Amz-Cf-Id, else X-Amzn-Trace-Id, else 32 random hex digits. Ids with characters other
// than letters, digits and -_=;:.+/ or longer than 128 are not believed.
std::string choose_request_id(const Request& request);
// 16 random hex digits.
std::string random_span_id();

}  // namespace postroom::http
