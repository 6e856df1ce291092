// Walks through one XML part of a workbook, as a stream of events. Document types are refused, so there are no
// entities to grow, and depth is bounded.
#pragma once

#include <string>
#include <string_view>

#include "adapters/spreadsheet/zip_parts.h"
#include "base/result.h"

namespace postroom::spreadsheet {

// How names of elements and attributes are compared. Office Open XML has two sets of namespaces with the same
// local names; OpenDocument writes the same prefixes everywhere and repeats local names under several.
enum class XmlNames { local, prefixed };

class XmlAttributes {
 public:
  XmlAttributes(const char** list, XmlNames names) : list_(list), names_(names) {}
  // Empty when absent. Valid during the event.
  std::string_view get(std::string_view name) const;

 private:
  const char** list_;
  XmlNames names_;
};

class XmlVisitor {
 public:
  virtual ~XmlVisitor() = default;
  virtual Result<void> start(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual Result<void> end(std::string_view name) = 0;
  // One text may come in several pieces.
  virtual void text(std::string_view) {}
  // True ends the reading without an error.
  virtual bool has_enough() const { return false; }
};

// An error of the visitor is handed on; invalid_input for XML that is damaged.
Result<void> visit_xml(const ZipParts& parts, std::string_view part, XmlNames names, XmlVisitor& visitor);

// "1" and "true".
bool xml_flag(std::string_view value);

}  // namespace postroom::spreadsheet
