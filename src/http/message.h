// What a handler gets and gives: one parsed HTTP/1.1 request and one response. Plain values.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postroom::http {

// In the order they came or are to be sent. Names keep their spelling and compare without regard to case.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;  // as sent, usually upper case
  std::string target;  // raw: path and query as they came
  // Still percent-encoded, without the query, runs of slashes collapsed to one. Starts with a slash, except
  // for the "*" of OPTIONS.
  std::string path;
  // Decoded (%XX, and + as a blank), in order, repeated names kept. A name without "=" has an empty value.
  std::vector<std::pair<std::string, std::string>> query;
  HeaderList headers;
  std::string body;
  std::string remote_address;  // IP text of the peer, or "unix" on a control socket
  // X-B3-TraceId, else X-Amz-Cf-Id, else X-Amzn-Trace-Id, else 32 random hex digits. Answered as
  // X-B3-TraceId and put into every log line of the request.
  std::string request_id;
  // Filled by the Router: decoded segments by the name they have in the route.
  std::map<std::string, std::string, std::less<>> path_parameters;

  // The first header of that name; nothing when absent.
  std::optional<std::string_view> header(std::string_view name) const;
  // The first query parameter of that name; nothing when absent.
  std::optional<std::string_view> query_value(std::string_view name) const;
  // A path parameter of the matched route. Asking for one the route does not have is a bug and throws
  // std::logic_error.
  const std::string& path_parameter(std::string_view name) const;
  // A cookie's value from the Cookie header (RFC 6265 section 5.4); nothing when absent.
  std::optional<std::string_view> cookie(std::string_view name) const;
};

struct Response {
  int status = 200;
  // Beyond Content-Type, Content-Length, Connection, Date and the server's fixed headers, which the server
  // adds. A header given here replaces a fixed one of the same name. CR, LF and NUL in values become blanks.
  HeaderList headers;
  std::string content_type;  // none is sent when empty
  std::string body;

  static Response json(int status, std::string text);
  static Response text(int status, std::string text);
  static Response html(int status, std::string text);
  static Response empty(int status);
  static Response redirect(int status, std::string location);

  // Adds a header and returns *this, so that answers read as one expression.
  Response& add(std::string name, std::string value) &;
  Response&& add(std::string name, std::string value) &&;
  std::optional<std::string_view> header(std::string_view name) const;
};

// How large a body may be at one address, where it differs from the others.
struct BodyLimit {
  std::string path;  // as Request::path
  std::size_t bytes = 0;
};

// "Not Found" for 404; "Unknown" for codes outside the IANA registry.
std::string_view reason_phrase(int status);

// Splits "a=1&b=two+words" as Request::query does; also the body of an HTML form.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text);

}  // namespace postroom::http
