#include "core/logos/svg_style.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace postroom::logos {
namespace {

constexpr std::size_t kRulesMax = 1'000;

constexpr std::string_view kKnown[] = {"clip-path",
                                       "clip-rule",
                                       "color",
                                       "display",
                                       "fill",
                                       "fill-opacity",
                                       "fill-rule",
                                       "filter",
                                       "marker-end",
                                       "marker-mid",
                                       "marker-start",
                                       "mask",
                                       "mix-blend-mode",
                                       "opacity",
                                       "paint-order",
                                       "stop-color",
                                       "stop-opacity",
                                       "stroke",
                                       "stroke-dasharray",
                                       "stroke-dashoffset",
                                       "stroke-linecap",
                                       "stroke-linejoin",
                                       "stroke-miterlimit",
                                       "stroke-opacity",
                                       "stroke-width",
                                       "transform",
                                       "vector-effect",
                                       "visibility"};

bool is_known(std::string_view name) {
  return std::find(std::begin(kKnown), std::end(kKnown), name) != std::end(kKnown);
}

tl::unexpected<Error> refuse(std::string_view what) {
  return fail(ErrorKind::invalid_input,
              fmt::format("The style sheet of the SVG has '{}', which is not understood: save it again with the "
                          "properties as attributes of the shapes",
                          what.substr(0, 60)));
}

void read_declarations(std::string_view text, SvgProperties& properties) {
  while (!text.empty()) {
    std::size_t end = std::min(text.find(';'), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::size_t colon = one.find(':');
    if (colon == std::string_view::npos) continue;
    std::string name = to_lower(trim(one.substr(0, colon)));
    std::string_view value = trim(one.substr(colon + 1));
    if (value.ends_with("!important")) value = trim(value.substr(0, value.rfind('!')));
    if (is_known(name)) properties[name] = std::string(value);
  }
}

std::string without_comments(std::string_view text) {
  std::string out;
  for (;;) {
    std::size_t start = text.find("/*");
    out += text.substr(0, start);
    if (start == std::string_view::npos) return out;
    std::size_t end = text.find("*/", start + 2);
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 2);
  }
}

bool is_plain_selector(std::string_view selector) {
  if (selector.starts_with('.') || selector.starts_with('#')) selector.remove_prefix(1);
  return !selector.empty() && std::all_of(selector.begin(), selector.end(), [](char c) {
    return is_ascii_alnum(c) || c == '-' || c == '_' || static_cast<signed char>(c) < 0;
  });
}

}  // namespace

Result<SvgStyles> SvgStyles::read(const XmlNode& root) {
  SvgStyles styles;
  POSTROOM_CHECK(styles.read_below(root));
  return styles;
}

Result<void> SvgStyles::read_below(const XmlNode& node) {
  if (node.foreign) return {};
  if (node.name == "style") return read_sheet(without_comments(node.text));
  for (const XmlNode& child : node.children) POSTROOM_CHECK(read_below(child));
  return {};
}

Result<void> SvgStyles::read_sheet(std::string_view text) {
  for (text = trim(text); !text.empty(); text = trim(text)) {
    std::size_t open = text.find('{'), close = text.find('}');
    if (text[0] == '@' || open == std::string_view::npos || close == std::string_view::npos || close < open)
      return refuse(text);
    POSTROOM_CHECK(add_rule(text.substr(0, open), text.substr(open + 1, close - open - 1)));
    text.remove_prefix(close + 1);
  }
  return {};
}

Result<void> SvgStyles::add_rule(std::string_view selectors, std::string_view body) {
  for (const std::string& part : split(selectors, ',')) {
    std::string_view selector = trim(part);
    if (!is_plain_selector(selector)) return refuse(selector);
    if (++rule_count_ > kRulesMax) return refuse(fmt::format("more than {} rules", kRulesMax));
    read_declarations(body, rules_[std::string(selector)]);
  }
  return {};
}

void SvgStyles::apply(const std::string& selector, SvgProperties& properties) const {
  auto rule = rules_.find(selector);
  if (rule == rules_.end()) return;
  for (const auto& [name, value] : rule->second) properties[name] = value;
}

SvgProperties SvgStyles::of(const XmlNode& node) const {
  SvgProperties properties;
  for (const auto& [name, value] : node.attributes)
    if (is_known(name)) properties[name] = std::string(trim(value));
  // From the weakest to the strongest.
  if (!rules_.empty()) {
    apply(node.name, properties);
    if (const std::string* classes = node.find("class"))
      for (const std::string& name : split(*classes, ' ')) apply("." + name, properties);
    if (const std::string* id = node.find("id")) apply("#" + *id, properties);
  }
  if (const std::string* style = node.find("style")) read_declarations(*style, properties);
  return properties;
}

}  // namespace postroom::logos
