// The description against the validators: for every request body each declared field is known, each undeclared one
// is refused, and each declared type, limit and requirement holds. And the page: whole, and with nothing foreign.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "api/openapi/document.h"
#include "api/openapi/reference_page.h"
#include "base/text.h"
#include "core/jobs/bulk_request.h"
#include "core/notifications/request_json.h"
#include "core/notifications/requests.h"

namespace postroom::api {
namespace {

using notifications::FieldErrors;

constexpr std::string_view kId = "9b1f7f36-0a3e-4d0b-8f2b-2f8f5f6f7a10";
const UtcTime kNow = *parse_rfc3339("2026-03-02T09:00:00Z");

struct Body {
  std::string_view schema;
  json::object good;  // the least that is accepted
  std::function<FieldErrors(const json::object&)> check;
  bool closed = true;  // unknown members are refused
};

template <typename Parse>
std::function<FieldErrors(const json::object&)> checked_by(Parse parse) {
  return [parse](const json::object& body) {
    auto request = parse(json::value(body), write_json(body));
    return request ? FieldErrors{} : request.error();
  };
}

std::vector<Body> bodies() {
  using namespace notifications;
  return {
      {"SmsRequest",
       {{"phone_number", "07900900123"}, {"template_id", kId}},
       checked_by([](json::value d, std::string_view b) { return parse_sms_request(std::move(d), b, kNow); })},
      {"EmailRequest",
       {{"email_address", "ada@reader.example"}, {"template_id", kId}},
       checked_by([](json::value d, std::string_view b) { return parse_email_request(std::move(d), b, kNow); })},
      {"LetterRequest",
       {{"template_id", kId}, {"personalisation", json::object{}}},
       checked_by([](json::value d, std::string_view b) { return parse_letter_request(std::move(d), b); })},
      {"PrecompiledLetterRequest",
       {{"reference", "r"}, {"content", ""}},
       checked_by(
           [](json::value d, std::string_view b) { return parse_precompiled_letter_request(std::move(d), b); })},
      {"PreviewRequest",
       {},
       checked_by([](json::value d, std::string_view b) { return parse_preview_request(std::move(d), b); }),
       false},
      {"BulkRequest",
       {{"template_id", kId}, {"rows", json::array{json::array{"phone number"}}}},
       checked_by(
           [](json::value d, std::string_view b) { return jobs::parse_bulk_request(std::move(d), b, kNow); })},
      {"File",
       {{"file", "YQ=="}},
       [](const json::object& body) {
         auto file = parse_file(body);
         return file ? FieldErrors{} : file.error();
       }},
  };
}

class OpenApi : public testing::Test {
 protected:
  const json::object& schema(std::string_view name) const {
    return document_.at("components").at("schemas").at(name).as_object();
  }
  std::set<std::string> names(const json::object& schema) const {
    std::set<std::string> out;
    for (const auto& property : schema.at("properties").as_object()) out.emplace(property.key());
    return out;
  }
  json::object document_ = openapi_document("https://api.example.org");
};

bool names_field(const FieldErrors& errors, std::string_view name) {
  return std::any_of(errors.begin(), errors.end(), [&](const std::string& e) { return e.starts_with(name); });
}

TEST_F(OpenApi, DeclaresExactlyTheFieldsThatTheValidatorsKnow) {
  std::set<std::string> all{"foo"};
  for (const Body& body : bodies()) all.merge(names(schema(body.schema)));
  for (const Body& body : bodies()) {
    EXPECT_EQ(body.check(body.good), FieldErrors{}) << body.schema;
    if (!body.closed) continue;
    const std::set<std::string> declared = names(schema(body.schema));
    for (const std::string& name : all) {
      json::object document = body.good;
      if (document.contains(name)) continue;
      document[name] = json::object{{"never", "right"}};
      FieldErrors errors = body.check(document);
      bool unknown = std::any_of(errors.begin(), errors.end(), [](const std::string& e) {
        return e.find("not a known property") != std::string::npos;
      });
      EXPECT_EQ(unknown, !declared.contains(name)) << body.schema << " " << name << ": " << join(errors, "; ");
    }
  }
}

TEST_F(OpenApi, RequiresWhatTheValidatorsRequire) {
  for (const Body& body : bodies()) {
    std::vector<std::string> required = get_strings(schema(body.schema), "required");
    for (const std::string& name : names(schema(body.schema))) {
      if (!body.good.contains(name) || name == "rows") continue;
      json::object document = body.good;
      document.erase(name);
      bool declared = std::find(required.begin(), required.end(), name) != required.end();
      EXPECT_EQ(names_field(body.check(document), name + " is a required property"), declared)
          << body.schema << " " << name;
    }
  }
}

// Of each JSON type one value that no other rule of the field minds.
std::string type_of(const json::value& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "boolean";
  if (value.is_number()) return "number";
  if (value.is_string()) return "string";
  return value.is_array() ? "array" : "object";
}

TEST_F(OpenApi, RefusesTheTypesThatItDoesNotDeclare) {
  const json::value values[] = {nullptr, true, 5, json::array{}, json::object{}};
  for (const Body& body : bodies()) {
    for (const auto& property : schema(body.schema).at("properties").as_object()) {
      const json::object* declared = &property.value().as_object();
      if (auto reference = get_string(*declared, "$ref")) {
        declared = &schema(std::string_view(*reference).substr(std::string_view("#/components/schemas/").size()));
      }
      std::vector<std::string> types = get_strings(*declared, "type");
      if (auto one = get_string(*declared, "type")) types.push_back(*one);
      for (const json::value& value : values) {
        json::object document = body.good;
        document[property.key()] = value;
        bool allowed = std::find(types.begin(), types.end(), type_of(value)) != types.end();
        EXPECT_EQ(!names_field(body.check(document), std::string_view(property.key())), allowed)
            << body.schema << " " << property.key() << " " << write_json(value);
      }
    }
  }
}

TEST_F(OpenApi, DeclaresTheLimitsOfTexts) {
  for (const Body& body : bodies()) {
    if (body.schema == "File") continue;  // its name's length is judged when it is kept
    for (const auto& property : schema(body.schema).at("properties").as_object()) {
      auto most = get_int(property.value().as_object(), "maxLength");
      if (!most) continue;
      for (std::int64_t length : {*most, *most + 1}) {
        json::object document = body.good;
        document[property.key()] = std::string(static_cast<std::size_t>(length), 'a');
        EXPECT_EQ(body.check(document).empty(), length == *most) << body.schema << " " << property.key();
      }
    }
  }
}

TEST_F(OpenApi, DeclaresTheQueriesThatTheValidatorsKnow) {
  using namespace notifications;
  struct Query {
    std::string_view path;
    std::function<FieldErrors(const QueryParameters&)> check;
  };
  auto errors_of = [](auto parsed) { return parsed ? FieldErrors{} : parsed.error(); };
  const Query queries[] = {
      {"/v2/notifications", [&](const QueryParameters& q) { return errors_of(parse_list_request(q)); }},
      {"/v2/templates", [&](const QueryParameters& q) { return errors_of(parse_template_list_request(q)); }},
      {"/v2/received-text-messages",
       [&](const QueryParameters& q) { return errors_of(parse_received_texts_request(q)); }}};
  for (const Query& query : queries) {
    std::set<std::string> declared;
    const json::value& parameters = document_.at("paths").at(query.path).at("get").at("parameters");
    for (const json::value& item : parameters.as_array()) {
      const json::object& parameter = item.as_object();
      std::string name = get_string(parameter, "name").value_or("");
      declared.insert(name);
      const json::object* values = &parameter.at("schema").as_object();
      if (values->contains("items")) values = &values->at("items").as_object();
      if (auto reference = get_string(*values, "$ref")) {
        values = &schema(std::string_view(*reference).substr(std::string_view("#/components/schemas/").size()));
      }
      for (const std::string& value : get_strings(*values, "enum")) {
        EXPECT_EQ(query.check({{name, value}}), FieldErrors{}) << query.path << " " << name << "=" << value;
      }
      if (values->contains("enum") || get_string(*values, "format") == "uuid") {
        EXPECT_TRUE(names_field(query.check({{name, "elephant"}}), name)) << query.path << " " << name;
      }
    }
    for (std::string name :
         {"template_type", "status", "reference", "older_than", "include_jobs", "job_id", "type", "page"}) {
      FieldErrors errors = query.check({{name, std::string(kId)}});
      bool unknown = !errors.empty() && errors.front().find("not a known property") != std::string::npos;
      EXPECT_EQ(unknown, !declared.contains(name)) << query.path << " " << name;
    }
  }
}

void each_reference(const json::value& value, const std::function<void(const std::string&)>& visit) {
  if (value.is_array()) {
    for (const json::value& item : value.get_array()) each_reference(item, visit);
  } else if (value.is_object()) {
    if (auto reference = get_string(value.get_object(), "$ref")) visit(*reference);
    for (const auto& member : value.get_object()) each_reference(member.value(), visit);
  }
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhereAndNothingIsDeclaredInVain) {
  std::set<std::string> used;
  each_reference(document_, [&](const std::string& reference) {
    used.insert(reference);
    const json::object* at = &document_;
    for (std::string_view part : split(std::string_view(reference).substr(2), '/')) {
      ASSERT_TRUE(at->contains(part)) << reference;
      at = &at->at(part).as_object();
    }
  });
  for (std::string_view kind : {"schemas", "responses", "parameters"}) {
    for (const auto& item : document_.at("components").at(kind).as_object()) {
      std::string reference = "#/components/" + std::string(kind) + "/" + std::string(std::string_view(item.key()));
      EXPECT_TRUE(used.contains(reference)) << reference;
    }
  }
}

TEST_F(OpenApi, TheServerIsTheOneThatServesIt) {
  EXPECT_EQ(document_.at("servers").at(0).at("url"), "https://api.example.org");
}

TEST_F(OpenApi, ThePageShowsEveryOperationAndFieldAndNeedsNothingElse) {
  std::string page = reference_page(document_);
  for (const auto& path : document_.at("paths").as_object()) {
    EXPECT_NE(page.find("<code>" + escape_html(std::string_view(path.key())) + "</code>"), std::string::npos)
        << path.key();
  }
  for (const auto& item : document_.at("components").at("schemas").as_object()) {
    std::string id = "id=\"schema-" + std::string(std::string_view(item.key())) + "\"";
    EXPECT_NE(page.find(id), std::string::npos) << id;
  }
  for (std::string_view foreign : {"<script", "src=", "<link", "@import", "url(", "href=\"http"}) {
    EXPECT_EQ(page.find(foreign), std::string::npos) << foreign;
  }
  EXPECT_NE(page.find("<html lang=\"en\">"), std::string::npos);
  EXPECT_NE(page.find("https://api.example.org/v2/notifications/sms"), std::string::npos);
}

TEST_F(OpenApi, IsServed) {
  http::Router router;
  add_api_description(router, "https://api.example.org");
  for (auto [path, type] : {std::pair{"/openapi.json", "application/json"}, {"/docs", "text/html"}}) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    http::Response response = router.dispatch(request);
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.content_type.starts_with(type)) << response.content_type;
  }
}

}  // namespace
}  // namespace postroom::api
