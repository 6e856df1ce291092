// Reads a small XML document (XML 1.0) whole. Document types with declarations of their own are refused, so there
// are no entities to grow.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace postroom::logos {

inline constexpr std::size_t kXmlNodesMax = 20'000;
inline constexpr std::size_t kXmlDepthMax = 64;

struct XmlNode {
  std::string name;                                             // without namespace prefix
  std::vector<std::pair<std::string, std::string>> attributes;  // prefixes are left out here, too
  std::vector<XmlNode> children;
  std::string text;      // its own, in one piece
  bool foreign = false;  // of a namespace with a prefix that is not svg

  // Null when absent.
  const std::string* find(std::string_view attribute) const;
};

// The root. invalid_input says what is wrong; linear in the size of `text`.
Result<XmlNode> parse_xml(std::string_view text);

}  // namespace postroom::logos
