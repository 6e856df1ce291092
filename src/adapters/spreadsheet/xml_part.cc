#include "adapters/spreadsheet/xml_part.h"

#include <expat.h>

#include <exception>
#include <memory>
#include <optional>

#include "adapters/spreadsheet/limits.h"

namespace postroom::spreadsheet {
namespace {

std::string_view name_of(const char* name, XmlNames names) {
  std::string_view text(name);
  if (names == XmlNames::prefixed) return text;
  std::size_t colon = text.find(':');
  return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

Error damaged_xml() {
  return {ErrorKind::invalid_input,
          "The workbook is damaged: open it in your spreadsheet program, save it again and try once more"};
}

// Expat is C: nothing may be thrown through it.
class Walk {
 public:
  Walk(XmlNames names, XmlVisitor& visitor)
      : names_(names), visitor_(visitor), parser_(XML_ParserCreate(nullptr), XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
  }

  Result<void> feed(BytesView block, bool last) {
    if (done_) return {};
    auto status = XML_Parse(parser_.get(), block.data(), static_cast<int>(block.size()), last ? 1 : 0);
    if (error_) return fail(*error_);
    if (status == XML_STATUS_ERROR && !done_) return fail(damaged_xml());
    return {};
  }

 private:
  template <typename Step>
  void run(Step step) {
    // Expat may still deliver an event after it was told to stop.
    if (error_ || done_) return;
    try {
      if (Result<void> result = step(); !result) error_ = result.error();
      done_ = visitor_.has_enough();
    } catch (const std::exception&) {
      error_ = Error{ErrorKind::invalid_input, "The workbook needs too much memory: copy the rows into a new one"};
    }
    if (error_ || done_) XML_StopParser(parser_.get(), XML_FALSE);
  }

  static Walk& of(void* walk) { return *static_cast<Walk*>(walk); }
  static void on_start(void* data, const char* name, const char** attributes) {
    Walk& walk = of(data);
    walk.run([&]() -> Result<void> {
      if (++walk.depth_ > kXmlDepthMax) return fail(damaged_xml());
      return walk.visitor_.start(name_of(name, walk.names_), XmlAttributes(attributes, walk.names_));
    });
  }
  static void on_end(void* data, const char* name) {
    Walk& walk = of(data);
    walk.run([&]() -> Result<void> {
      --walk.depth_;
      return walk.visitor_.end(name_of(name, walk.names_));
    });
  }
  static void on_text(void* data, const char* text, int length) {
    Walk& walk = of(data);
    walk.run([&]() -> Result<void> {
      walk.visitor_.text(std::string_view(text, static_cast<std::size_t>(length)));
      return {};
    });
  }
  static void on_doctype(void* data, const char*, const char*, const char*, int) {
    of(data).run([]() -> Result<void> { return fail(damaged_xml()); });
  }

  XmlNames names_;
  XmlVisitor& visitor_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  std::optional<Error> error_;
  std::size_t depth_ = 0;
  bool done_ = false;
};

}  // namespace

std::string_view XmlAttributes::get(std::string_view name) const {
  for (const char** pair = list_; pair[0] != nullptr; pair += 2) {
    if (name_of(pair[0], names_) == name) return pair[1];
  }
  return {};
}

Result<void> visit_xml(const ZipParts& parts, std::string_view part, XmlNames names, XmlVisitor& visitor) {
  Walk walk(names, visitor);
  POSTROOM_CHECK(parts.read(part, [&](BytesView block) {
    // A part that is stored comes as one block; Expat counts in int.
    return walk.feed(block, false);
  }));
  return walk.feed({}, true);
}

bool xml_flag(std::string_view value) { return value == "1" || value == "true"; }

}  // namespace postroom::spreadsheet
