#include "api/openapi/reference_page.h"

#include <fmt/format.h>

#include <vector>

#include "api/openapi/reference_style.h"
#include "base/text.h"

namespace postroom::api {
namespace {

constexpr std::string_view kCallbacks = "Callbacks";
constexpr std::string_view kSchemaPrefix = "#/components/schemas/";

std::string text_at(const json::object& object, std::string_view key) {
  return get_string(object, key).value_or("");
}

const json::object* object_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

const json::array* array_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? &value->get_array() : nullptr;
}

// Escaped, with `text` between backticks as code.
std::string rich(std::string_view text) {
  std::string out;
  bool in_code = false;
  for (std::string_view part : split(text, '`')) {
    out += in_code ? "<code>" + escape_html(part) + "</code>" : escape_html(part);
    in_code = !in_code;
  }
  return out;
}

std::string paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto end = text.find("\n\n");
    out += "<p>" + rich(text.substr(0, end)) + "</p>\n";
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
  }
  return out;
}

// As people read JSON: a member on each line.
void print_json(const json::value& value, std::size_t depth, std::string& out) {
  constexpr std::size_t kIndent = 2;
  auto new_line = [&](std::size_t level) { out.append("\n").append(level * kIndent, ' '); };
  bool first = true;
  if (value.is_object() && !value.get_object().empty()) {
    out += '{';
    for (const auto& member : value.get_object()) {
      if (!std::exchange(first, false)) out += ',';
      new_line(depth + 1);
      out += write_json(json::value(member.key())) + ": ";
      print_json(member.value(), depth + 1, out);
    }
    new_line(depth);
    out += '}';
  } else if (value.is_array() && !value.get_array().empty()) {
    out += '[';
    for (const json::value& item : value.get_array()) {
      if (!std::exchange(first, false)) out += ',';
      new_line(depth + 1);
      print_json(item, depth + 1, out);
    }
    new_line(depth);
    out += ']';
  } else {
    out += write_json(value);
  }
}

std::string example_block(const json::value& value) {
  std::string text;
  print_json(value, 0, text);
  return "<pre tabindex=\"0\">" + escape_html(text) + "</pre>\n";
}

std::string schema_id(std::string_view name) { return "schema-" + escape_html(name); }

std::string schema_link(std::string_view reference) {
  std::string_view name = reference.substr(std::min(reference.size(), kSchemaPrefix.size()));
  return fmt::format("<a href=\"#{}\">{}</a>", schema_id(name), escape_html(name));
}

std::string type_text(const json::object& schema);

std::string alternatives(const json::array& all) {
  std::string out;
  for (const json::value& one : all) {
    if (!one.is_object()) continue;
    if (!out.empty()) out += " or ";
    out += type_text(one.get_object());
  }
  return out.empty() ? "any value" : out;
}

std::string enumeration(const json::array& values) {
  std::string out = "one of ";
  bool first = true;
  for (const json::value& value : values) {
    if (!std::exchange(first, false)) out += ", ";
    std::string text = value.is_string() ? std::string(std::string_view(value.get_string())) : write_json(value);
    out += "<code class=\"value\">" + escape_html(text) + "</code>";
  }
  return out;
}

std::string plain_type(std::string_view type, const json::object& schema) {
  if (type == "array") {
    const json::object* items = object_at(schema, "items");
    return "list of " + (items != nullptr ? type_text(*items) : "any values");
  }
  if (type == "integer") return "whole number";
  if (type == "boolean") return "true or false";
  if (type != "string") return escape_html(type);
  std::string format = text_at(schema, "format");
  if (format == "uuid") return "UUID";
  if (format == "date-time") return "time";
  if (format == "uri") return "URL";
  if (text_at(schema, "contentEncoding") == "base64") return "text in base64";
  if (auto most = get_int(schema, "maxLength")) return fmt::format("text, at most {} characters", *most);
  return "text";
}

// What a value may be, as HTML.
std::string type_text(const json::object& schema) {
  if (auto reference = get_string(schema, "$ref")) return schema_link(*reference);
  for (std::string_view key : {"oneOf", "anyOf"}) {
    if (const json::array* all = array_at(schema, key)) return alternatives(*all);
  }
  if (const json::array* values = array_at(schema, "enum")) return enumeration(*values);
  if (const json::value* fixed = schema.if_contains("const")) return enumeration({*fixed});
  if (auto type = get_string(schema, "type")) return plain_type(*type, schema);
  std::string out;
  for (const std::string& type : get_strings(schema, "type")) {
    if (!out.empty()) out += " or ";
    out += plain_type(type, schema);
  }
  return out.empty() ? "any value" : out;
}

class Page {
 public:
  explicit Page(const json::object& document) : document_(document) {}

  std::string write() {
    const json::object& info = document_.at("info").as_object();
    std::string title = escape_html(text_at(info, "title"));
    // One after the other: each adds to the contents.
    std::string main = "<h1>" + title + "</h1>\n" + paragraphs(text_at(info, "description"));
    main += access();
    main += operations();
    main += schemas();
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width, "
        "initial-scale=1\">\n<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n"
        "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<div class=\"page\">\n"
        "<nav class=\"side wide\" aria-label=\"Contents\"><p class=\"name\">{0}</p>\n{2}</nav>\n"
        "<nav class=\"side narrow\" "
        "aria-label=\"Contents\"><details><summary>Contents</summary>\n{2}</details></nav>\n"
        "<main id=\"main\">\n{3}"
        "<footer>Made from <a "
        "href=\"/openapi.json\">openapi.json</a>.</footer>\n</main>\n</div>\n</body>\n</html>\n",
        title, kReferenceStyle, contents_, main);
  }

 private:
  std::string server() const {
    const json::array* servers = array_at(document_, "servers");
    return servers != nullptr && !servers->empty() ? text_at(servers->front().as_object(), "url") : "";
  }

  void begin_contents(std::string_view heading) { contents_ += "<h2>" + escape_html(heading) + "</h2>\n<ul>\n"; }
  void add_contents(std::string_view id, std::string_view text) {
    contents_ += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", escape_html(id), escape_html(text));
  }
  void end_contents() { contents_ += "</ul>\n"; }

  // A reference's target, or the object itself.
  const json::object& resolve(const json::object& object) const {
    auto reference = get_string(object, "$ref");
    if (!reference) return object;
    const json::object* at = &document_;
    for (std::string_view part : split(std::string_view(*reference).substr(2), '/')) {
      at = &at->at(part).as_object();
    }
    return *at;
  }

  std::string access() {
    begin_contents("Begin");
    add_contents("token", "The token");
    add_contents("errors", "Errors");
    end_contents();
    const json::object& components = document_.at("components").as_object();
    std::string out =
        "<p>This server: <code>" + escape_html(server()) + "</code></p>\n<h2 id=\"token\">The token</h2>\n";
    for (const auto& scheme : components.at("securitySchemes").as_object()) {
      out += paragraphs(text_at(scheme.value().as_object(), "description"));
    }
    out +=
        "<pre tabindex=\"0\">Authorization: Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.…</pre>\n"
        "<h2 id=\"errors\">Errors</h2>\n<p>Every answer from 400 on has this body, with one item for each "
        "fault.</p>\n";
    return out +
           example_block(
               components.at("responses").at("BadRequest").at("content").at("application/json").at("example"));
  }

  std::string operations() {
    std::string out;
    for (const json::value& tag : document_.at("tags").as_array()) {
      std::string name = text_at(tag.as_object(), "name");
      begin_contents(name);
      out += fmt::format("<h2>{}</h2>\n{}", escape_html(name), paragraphs(text_at(tag.as_object(), "description")));
      for (const auto& path : document_.at("paths").as_object())
        add_operations(path.key(), path.value(), name, out);
      end_contents();
    }
    begin_contents(kCallbacks);
    out += fmt::format("<h2>{}</h2>\n<p>What this server posts to a service.</p>\n", kCallbacks);
    for (const auto& hook : document_.at("webhooks").as_object()) add_operations("", hook.value(), kCallbacks, out);
    end_contents();
    return out;
  }

  void add_operations(std::string_view path, const json::value& methods, std::string_view tag, std::string& out) {
    for (const auto& method : methods.as_object()) {
      const json::object& operation = method.value().as_object();
      const std::vector<std::string> tags = get_strings(operation, "tags");
      if (tags.empty() || tags.front() != tag) continue;
      add_contents(text_at(operation, "operationId"), text_at(operation, "summary"));
      out += one_operation(path, method.key(), operation);
    }
  }

  std::string one_operation(std::string_view path, std::string_view method, const json::object& operation) const {
    std::string out =
        fmt::format("<article>\n<h3 id=\"{}\">{}</h3>\n", escape_html(text_at(operation, "operationId")),
                    escape_html(text_at(operation, "summary")));
    out += fmt::format("<p class=\"route\"><span class=\"method {}\">{}</span> <code>{}</code></p>\n",
                       path.empty() ? "webhook" : escape_html(method), to_upper(method),
                       path.empty() ? "your address" : escape_html(path));
    out += paragraphs(text_at(operation, "description"));
    if (const json::array* parameters = array_at(operation, "parameters")) out += parameter_table(*parameters);
    if (const json::object* body = object_at(operation, "requestBody")) out += request_body(*body, path);
    out += responses(operation.at("responses").as_object());
    return out + "</article>\n";
  }

  std::string parameter_table(const json::array& parameters) const {
    std::string rows;
    for (const json::value& item : parameters) {
      const json::object& parameter = resolve(item.as_object());
      std::string place = text_at(parameter, "in");
      rows += row(text_at(parameter, "name"), place == "path" ? "in the address" : place,
                  type_text(parameter.at("schema").as_object()), text_at(parameter, "description"));
    }
    return "<h4>Parameters</h4>\n" + table(rows);
  }

  static std::string row(std::string_view name, std::string_view need, std::string_view type,
                         std::string_view description) {
    return fmt::format(
        "<tr><th scope=\"row\"><code>{}</code>{}</th><td>{}</td><td>{}</td></tr>\n", escape_html(name),
        need.empty() ? "" : "<span class=\"need\">" + escape_html(need) + "</span>", type, rich(description));
  }

  static std::string table(std::string_view rows) {
    return fmt::format(
        "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Value</th>"
        "<th scope=\"col\">Meaning</th></tr></thead><tbody>\n{}</tbody></table></div>\n",
        rows);
  }

  std::string request_body(const json::object& body, std::string_view path) const {
    const json::object& content = body.at("content").at("application/json").as_object();
    std::string out = "<h4>Body</h4>\n<p>" + type_text(content.at("schema").as_object()) + "</p>\n";
    const json::object& schema = resolve(content.at("schema").as_object());
    if (schema.contains("properties")) out += field_table(schema);
    if (const json::value* example = content.if_contains("example")) out += call_block(path, *example);
    if (const json::object* examples = object_at(content, "examples")) {
      for (const auto& example : *examples) {
        out += "<p>" + rich(text_at(example.value().as_object(), "summary")) + ":</p>\n";
        out += call_block(path, example.value().at("value"));
      }
    }
    return out;
  }

  std::string call_block(std::string_view path, const json::value& example) const {
    std::string text;
    print_json(example, 0, text);
    text = fmt::format("curl -X POST {}{} -H \"Authorization: Bearer $TOKEN\" -d '{}'", server(), path, text);
    return "<pre tabindex=\"0\">" + escape_html(text) + "</pre>\n";
  }

  // Members of inner objects have their place in the name: content.body.
  void add_fields(const json::object& schema, const std::string& prefix, std::string& rows) const {
    const json::object* properties = object_at(schema, "properties");
    if (properties == nullptr) return;
    const std::vector<std::string> required = get_strings(schema, "required");
    for (const auto& property : *properties) {
      const json::object& value = property.value().as_object();
      std::string name = prefix + std::string(std::string_view(property.key()));
      bool is_required =
          std::find(required.begin(), required.end(), std::string_view(property.key())) != required.end();
      rows += row(name, is_required ? "" : "optional", type_text(value), text_at(value, "description"));
      add_fields(value, name + ".", rows);
    }
  }

  std::string field_table(const json::object& schema) const {
    std::string rows;
    add_fields(schema, "", rows);
    return table(rows);
  }

  std::string responses(const json::object& all) const {
    std::string rows;
    for (const auto& item : all) {
      const json::object& response = resolve(item.value().as_object());
      std::string type;
      if (const json::object* content = object_at(response, "content")) {
        for (const auto& medium : *content) {
          bool is_json = medium.key() == "application/json";
          type = is_json ? type_text(medium.value().at("schema").as_object())
                         : escape_html(std::string_view(medium.key()));
        }
      }
      rows += row(item.key() == "default" ? "other" : std::string_view(item.key()), "", type,
                  text_at(response, "description"));
    }
    std::string out = "<h4>Answers</h4>\n" + table(rows);
    for (const auto& item : all) {
      const json::object* content = object_at(item.value().as_object(), "content");
      const json::object* medium = content != nullptr ? object_at(*content, "application/json") : nullptr;
      if (medium == nullptr || !medium->contains("example")) continue;
      out += example_block(medium->at("example"));
    }
    return out;
  }

  std::string schemas() {
    begin_contents("Objects");
    std::string out = "<h2>Objects</h2>\n";
    for (const auto& item : document_.at("components").at("schemas").as_object()) {
      const json::object& schema = item.value().as_object();
      add_contents("schema-" + std::string(std::string_view(item.key())), item.key());
      out += fmt::format("<article>\n<h3 id=\"{}\">{}</h3>\n", schema_id(item.key()),
                         escape_html(std::string_view(item.key())));
      out += paragraphs(text_at(schema, "description"));
      out += schema.contains("properties") ? field_table(schema) : "<p>" + type_text(schema) + "</p>\n";
      out += "</article>\n";
    }
    end_contents();
    return out;
  }

  const json::object& document_;
  std::string contents_;
};

}  // namespace

std::string reference_page(const json::object& document) { return Page(document).write(); }

}  // namespace postroom::api
