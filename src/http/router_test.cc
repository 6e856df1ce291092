// Varied: literal and parameter segments that overlap, methods, odd paths. What must hold: one handler or a
// reason why not, and a time that does not explode.
#include "http/router.h"

#include <gtest/gtest.h>

namespace postroom::http {
namespace {

Request request_for(std::string method, std::string path) {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  return request;
}

Handler says(std::string text) {
  return [text](const Request& request) {
    std::string body = text;
    for (const auto& [name, value] : request.path_parameters) body += " " + name + "=" + value;
    return Response::text(200, body);
  };
}

Router sample() {
  Router router;
  router.add("GET", "/", says("root"));
  router.add("GET", "/v2/notifications", says("list"));
  router.add("GET", "/v2/notifications/{notification_id}", says("one"));
  router.add("GET", "/v2/notifications/{id}/pdf", says("pdf"));
  router.add("POST", "/v2/notifications/sms", says("sms"));
  router.add("POST", "/v2/notifications/email", says("email"));
  router.add("GET", "/v2/template/{template_id}/version/{version}", says("version"));
  router.add("GET", "/new/edit", says("literal"));
  router.add("GET", "/{name}/show", says("parameter"));
  return router;
}

struct Case {
  const char* method;
  const char* path;
  int status;
  const char* body_or_allow;
};

class RouterCases : public testing::TestWithParam<Case> {};

TEST_P(RouterCases, Dispatch) {
  Router router = sample();
  Request request = request_for(GetParam().method, GetParam().path);
  Response response = router.dispatch(request);
  EXPECT_EQ(response.status, GetParam().status);
  std::string shown(response.status == 200 ? response.body : response.header("Allow").value_or(""));
  EXPECT_EQ(shown, GetParam().body_or_allow);
}

INSTANTIATE_TEST_SUITE_P(
    All, RouterCases,
    testing::Values(Case{"GET", "/", 200, "root"}, Case{"GET", "/v2/notifications", 200, "list"},
                    Case{"HEAD", "/v2/notifications", 200, "list"},
                    Case{"GET", "/v2/notifications/abc", 200, "one notification_id=abc"},
                    // A literal that lacks the method does not hide the parameter beside it.
                    Case{"GET", "/v2/notifications/sms", 200, "one notification_id=sms"},
                    Case{"POST", "/v2/notifications/sms", 200, "sms"},
                    Case{"GET", "/v2/notifications/a%2Fb%20c", 200, "one notification_id=a/b c"},
                    Case{"GET", "/v2/notifications/7/pdf", 200, "pdf id=7"},
                    Case{"GET", "/v2/notific%61tions", 200, "list"},
                    Case{"GET", "/v2/template/t/version/3", 200, "version template_id=t version=3"},
                    // Takes the literal first and comes back when it leads nowhere.
                    Case{"GET", "/new/show", 200, "parameter name=new"}, Case{"GET", "/new/edit", 200, "literal"},
                    Case{"GET", "/v2/notifications/", 404, ""}, Case{"GET", "/v2/Notifications", 404, ""},
                    Case{"GET", "/v2", 404, ""}, Case{"GET", "", 404, ""}, Case{"OPTIONS", "*", 404, ""},
                    Case{"GET", "/v2/notifications/1/pdf/x", 404, ""},
                    Case{"POST", "/v2/notifications/other", 405, "GET, HEAD, OPTIONS"},
                    Case{"PUT", "/v2/notifications/sms", 405, "GET, HEAD, OPTIONS, POST"},
                    Case{"OPTIONS", "/v2/notifications", 405, "GET, HEAD, OPTIONS"},
                    Case{"get", "/", 405, "GET, HEAD, OPTIONS"}));

TEST(Router, FallbacksShapeTheAnswer) {
  Router router = sample();
  router.set_fallback(
      [](const Request& request) { return Response::json(404, "nothing at " + request.path); },
      [](const Request&, const std::string& allow) { return Response::json(405, "only " + allow); });
  Request unknown = request_for("GET", "/x/y/z");
  EXPECT_EQ(router.dispatch(unknown).body, "nothing at /x/y/z");
  Request wrong = request_for("DELETE", "/");
  Response response = router.dispatch(wrong);
  EXPECT_EQ(response.body, "only GET, HEAD, OPTIONS");
  EXPECT_EQ(response.header("Allow"), "GET, HEAD, OPTIONS");
}

TEST(Router, BadRoutesAreBugs) {
  Router router = sample();
  EXPECT_THROW(router.add("GET", "no-slash", says("")), std::logic_error);
  EXPECT_THROW(router.add("GET", "/a{b}", says("")), std::logic_error);
  EXPECT_THROW(router.add("GET", "/{}", says("")), std::logic_error);
  EXPECT_THROW(router.add("GET", "/v2/notifications/{other_name}", says("")), std::logic_error);
}

TEST(Router, LongPathsAreCheap) {
  Router router = sample();
  std::string path;
  for (int i = 0; i < 100'000; ++i) path += "/a";
  Request request = request_for("GET", path);
  EXPECT_EQ(router.match(request).kind, Router::MatchKind::not_found);
}

TEST(Router, PatternIsGivenForMetrics) {
  Router router = sample();
  Request request = request_for("GET", "/v2/notifications/7");
  EXPECT_EQ(router.match(request).pattern, "/v2/notifications/{notification_id}");
}

}  // namespace
}  // namespace postroom::http
