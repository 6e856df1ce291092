// Which properties each element of a drawing has: its attributes, style sheets, its own style (CSS 2.1 and SVG 1.1,
// section 6). Selectors are one name, class or id each.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "core/logos/xml.h"

namespace postroom::logos {

// By name; only properties that change how a drawing looks.
using SvgProperties = std::map<std::string, std::string, std::less<>>;

class SvgStyles {
 public:
  // Reads every style sheet below `root`. invalid_input for one that says more than is understood.
  static Result<SvgStyles> read(const XmlNode& root);

  SvgProperties of(const XmlNode& node) const;

 private:
  Result<void> read_below(const XmlNode& node);
  Result<void> read_sheet(std::string_view text);
  Result<void> add_rule(std::string_view selectors, std::string_view body);
  void apply(const std::string& selector, SvgProperties& properties) const;

  std::unordered_map<std::string, SvgProperties> rules_;  // by selector
  std::size_t rule_count_ = 0;
};

}  // namespace postroom::logos
