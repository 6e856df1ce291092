// Finds the handler of a request by method and path.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace postroom::http {

using Handler = std::function<Response(const Request&)>;
// `allow` is the value of the Allow header: "GET, HEAD, POST".
using MethodNotAllowedHandler = std::function<Response(const Request&, const std::string& allow)>;

// Add all routes first, then dispatch from any number of threads. A lookup costs time linear in the length of
// the path; what remains of it depends on the routes only.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // `pattern` is literal segments and parameters: "/v2/notifications/{notification_id}". A parameter takes
  // exactly one segment, which is not empty. A literal wins over a parameter when both would do. GET also
  // serves HEAD. There is no trailing-slash magic: "/a" and "/a/" differ. Adding the same method and shape
  // twice, or an ill-formed pattern, is a bug and throws std::logic_error.
  void add(std::string_view method, std::string_view pattern, Handler handler);

  enum class MatchKind { found, not_found, method_not_allowed };
  struct Match {
    MatchKind kind = MatchKind::not_found;
    const Handler* handler = nullptr;  // when found
    std::string_view pattern;          // when found: the route as it was added, fit for metrics and logs
    std::string allow;                 // when method_not_allowed
  };
  // Fills request.path_parameters when found.
  Match match(Request& request) const;

  // Runs the handler or one of the fallbacks. An answer to a wrong method gets its Allow header here.
  Response dispatch(Request& request) const;

  // What to answer when no route matches. Default: plain text. OPTIONS on a known path that has no OPTIONS
  // route goes to the second one too.
  void set_not_found(Handler handler);
  void set_method_not_allowed(MethodNotAllowedHandler handler);
  void set_fallback(Handler not_found, MethodNotAllowedHandler method_not_allowed);

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  Handler not_found_;
  MethodNotAllowedHandler method_not_allowed_;
};

}  // namespace postroom::http
