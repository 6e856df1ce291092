#include "http/router.h"

#include <map>
#include <stdexcept>

#include "base/text.h"

namespace postroom::http {
namespace {

constexpr std::size_t kPathSegmentsMax = 32;

struct Route {
  std::string method;
  std::string pattern;
  std::vector<std::string> parameter_names;
  Handler handler;
};

// "/a/b/" gives "a", "b", "". Nothing when the path is not absolute or has too many segments.
bool split_path(std::string_view path, std::vector<std::string_view>& out) {
  if (path.empty() || path.front() != '/') return false;
  path.remove_prefix(1);
  while (true) {
    if (out.size() == kPathSegmentsMax) return false;
    std::size_t end = path.find('/');
    out.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
}

bool serves(const Route& route, std::string_view method) {
  return route.method == method || (method == "HEAD" && route.method == "GET");
}

}  // namespace

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::vector<Route> routes;
};

namespace {

// One lookup. A node stands for one depth of the path, so each is visited at most once.
template <typename Node>
struct Search {
  const std::vector<std::string_view>& segments;
  std::string_view method;
  std::vector<std::string_view> captured = {};
  const Route* found = nullptr;
  std::vector<std::string_view> allowed = {};

  void visit(const Node& node, std::size_t depth) {
    if (depth == segments.size()) return finish(node);
    std::string_view segment = segments[depth];
    std::string decoded;
    std::string_view literal = segment;
    if (segment.find('%') != std::string_view::npos) literal = decoded = percent_decode(segment, false);
    if (auto child = node.literals.find(literal); child != node.literals.end()) visit(*child->second, depth + 1);
    if (found != nullptr || node.parameter == nullptr || segment.empty()) return;
    captured.push_back(segment);
    visit(*node.parameter, depth + 1);
    if (found == nullptr) captured.pop_back();
  }

  void finish(const Node& node) {
    for (const Route& route : node.routes) {
      // A HEAD route of its own comes before the one that GET lends.
      if (serves(route, method) && (found == nullptr || route.method == method)) found = &route;
      allowed.push_back(route.method);
    }
  }
};

std::string allow_value(std::vector<std::string_view> methods) {
  if (std::find(methods.begin(), methods.end(), "GET") != methods.end()) methods.push_back("HEAD");
  methods.push_back("OPTIONS");
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  std::string out;
  for (std::string_view method : methods) {
    if (!out.empty()) out += ", ";
    out += method;
  }
  return out;
}

}  // namespace

Router::Router()
    : root_(std::make_unique<Node>()),
      not_found_([](const Request&) { return Response::text(404, "Not found\n"); }),
      method_not_allowed_(
          [](const Request&, const std::string&) { return Response::text(405, "Method not allowed\n"); }) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  std::string where = std::string(method) + " " + std::string(pattern);
  std::vector<std::string_view> segments;
  if (!split_path(pattern, segments)) throw std::logic_error("ill-formed route " + where);
  Route route{.method = std::string(method),
              .pattern = std::string(pattern),
              .parameter_names = {},
              .handler = std::move(handler)};
  Node* node = root_.get();
  for (std::string_view segment : segments) {
    bool is_parameter = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
    if (!is_parameter && segment.find_first_of("{}%") != std::string_view::npos)
      throw std::logic_error("ill-formed segment in route " + where);
    std::unique_ptr<Node>* next = &node->parameter;
    if (is_parameter)
      route.parameter_names.emplace_back(segment.substr(1, segment.size() - 2));
    else
      next = &node->literals.try_emplace(std::string(segment)).first->second;
    if (*next == nullptr) *next = std::make_unique<Node>();
    node = next->get();
  }
  for (const Route& other : node->routes)
    if (other.method == method) throw std::logic_error("route added twice: " + where + " and " + other.pattern);
  node->routes.push_back(std::move(route));
}

Router::Match Router::match(Request& request) const {
  std::vector<std::string_view> segments;
  segments.reserve(8);
  Match result;
  if (!split_path(request.path, segments)) return result;
  Search<Node> search{.segments = segments, .method = request.method};
  search.visit(*root_, 0);
  if (search.found != nullptr) {
    request.path_parameters.clear();
    for (std::size_t i = 0; i < search.captured.size(); ++i)
      request.path_parameters.insert_or_assign(search.found->parameter_names[i],
                                               percent_decode(search.captured[i], false));
    result.kind = MatchKind::found;
    result.handler = &search.found->handler;
    result.pattern = search.found->pattern;
  } else if (!search.allowed.empty()) {
    result.kind = MatchKind::method_not_allowed;
    result.allow = allow_value(std::move(search.allowed));
  }
  return result;
}

Response Router::dispatch(Request& request) const {
  Match found = match(request);
  if (found.kind == MatchKind::found) return (*found.handler)(request);
  if (found.kind == MatchKind::not_found) return not_found_(request);
  Response response = method_not_allowed_(request, found.allow);
  if (!response.header("Allow")) response.add("Allow", std::move(found.allow));
  return response;
}

void Router::set_not_found(Handler handler) { not_found_ = std::move(handler); }
void Router::set_method_not_allowed(MethodNotAllowedHandler handler) { method_not_allowed_ = std::move(handler); }
void Router::set_fallback(Handler not_found, MethodNotAllowedHandler method_not_allowed) {
  not_found_ = std::move(not_found);
  method_not_allowed_ = std::move(method_not_allowed);
}

}  // namespace postroom::http
