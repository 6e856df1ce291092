#include "adapters/spreadsheet/xlsx_workbook.h"

#include <map>
#include <optional>

#include "adapters/spreadsheet/limits.h"
#include "adapters/spreadsheet/xml_part.h"
#include "base/text.h"

namespace postroom::spreadsheet {
namespace {

constexpr XmlNames kNames = XmlNames::local;
constexpr std::string_view kNoSheets = "The workbook has no sheets";
constexpr std::string_view kAllHidden = "All sheets of the workbook are hidden: show the one to be sent";

tl::unexpected<Error> too_large() {
  return fail(ErrorKind::invalid_input, "The workbook is too large: copy the rows that you need into a new one");
}

struct Relation {
  std::string type;  // the last word of its URI: "worksheet", "styles"…
  std::string part;
};

// "xl/workbook.xml" and "worksheets/sheet1.xml" or "/xl/worksheets/sheet1.xml" give "xl/worksheets/sheet1.xml".
std::string resolve(std::string_view from, std::string_view target) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  std::string folder(from.substr(0, from.rfind('/') == std::string_view::npos ? 0 : from.rfind('/')));
  while (target.starts_with("../")) {
    target.remove_prefix(3);
    std::size_t slash = folder.rfind('/');
    folder.resize(slash == std::string::npos ? 0 : slash);
  }
  if (target.starts_with("./")) target.remove_prefix(2);
  return folder.empty() ? std::string(target) : folder + "/" + std::string(target);
}

class RelationsVisitor final : public XmlVisitor {
 public:
  explicit RelationsVisitor(std::string_view from) : from_(from) {}
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship" || attributes.get("TargetMode") == "External") return {};
    if (found_.size() >= kListMax) return too_large();
    std::string_view type = attributes.get("Type");
    found_[std::string(attributes.get("Id"))] = {std::string(type.substr(type.rfind('/') + 1)),
                                                 resolve(from_, attributes.get("Target"))};
    return {};
  }
  Result<void> end(std::string_view) override { return {}; }

  std::map<std::string, Relation, std::less<>> found_;

 private:
  std::string_view from_;
};

// What a part refers to; none when it has no list of relations.
Result<std::map<std::string, Relation, std::less<>>> relations_of(const ZipParts& parts, std::string_view part) {
  std::size_t slash = part.rfind('/');
  std::string_view folder = slash == std::string_view::npos ? std::string_view() : part.substr(0, slash + 1);
  std::string list = std::string(folder) + "_rels/" + std::string(part.substr(folder.size())) + ".rels";
  RelationsVisitor visitor(part);
  if (parts.has(list)) POSTROOM_CHECK(visit_xml(parts, list, kNames, visitor));
  return std::move(visitor.found_);
}

struct SheetEntry {
  std::string relation;
  bool hidden = false;
};

class WorkbookVisitor final : public XmlVisitor {
 public:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "workbookPr") from_1904_ = xml_flag(attributes.get("date1904"));
    if (name != "sheet") return {};
    if (sheets_.size() >= kListMax) return too_large();
    std::string_view state = attributes.get("state");
    sheets_.push_back({std::string(attributes.get("id")), state == "hidden" || state == "veryHidden"});
    return {};
  }
  Result<void> end(std::string_view) override { return {}; }

  std::vector<SheetEntry> sheets_;
  bool from_1904_ = false;
};

class StylesVisitor final : public XmlVisitor {
 public:
  explicit StylesVisitor(std::vector<NumberKind>& kinds) : kinds_(kinds) {}
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "cellXfs") in_cell_styles_ = true;
    auto id = parse_int<unsigned>(attributes.get("numFmtId"));
    if (name == "numFmt" && id) {
      if (custom_.size() >= kListMax) return too_large();
      custom_[*id] = kind_of_format(attributes.get("formatCode"));
    }
    if (name == "xf" && in_cell_styles_) {
      if (kinds_.size() >= kListMax) return too_large();
      auto custom = custom_.find(id.value_or(0));
      kinds_.push_back(custom == custom_.end() ? built_in_kind(id.value_or(0)) : custom->second);
    }
    return {};
  }
  Result<void> end(std::string_view name) override {
    if (name == "cellXfs") in_cell_styles_ = false;
    return {};
  }

 private:
  std::vector<NumberKind>& kinds_;
  std::map<unsigned, NumberKind> custom_;
  bool in_cell_styles_ = false;
};

class StringsVisitor final : public XmlVisitor {
 public:
  explicit StringsVisitor(SharedStrings& strings) : strings_(strings) {}
  Result<void> start(std::string_view name, const XmlAttributes&) override {
    if (name == "si") text_.clear();
    if (name == "rPh") in_phonetic_ = true;
    if (name == "t") in_text_ = !in_phonetic_;
    return {};
  }
  Result<void> end(std::string_view name) override {
    if (name == "t") in_text_ = false;
    if (name == "rPh") in_phonetic_ = false;
    if (name == "si" && !strings_.add(unescape_xlsx(text_))) return too_large();
    return {};
  }
  void text(std::string_view piece) override {
    if (in_text_ && text_.size() <= kTextBytesMax) text_.append(piece);
  }

 private:
  SharedStrings& strings_;
  std::string text_;
  bool in_text_ = false;
  bool in_phonetic_ = false;
};

Result<std::string> sheet_part_of(const WorkbookVisitor& workbook,
                                  const std::map<std::string, Relation, std::less<>>& relations) {
  for (const SheetEntry& sheet : workbook.sheets_) {
    auto relation = relations.find(sheet.relation);
    // Charts are sheets, too.
    bool has_cells = relation != relations.end() && relation->second.type == "worksheet";
    if (has_cells && !sheet.hidden) return relation->second.part;
  }
  return fail(ErrorKind::invalid_input, std::string(workbook.sheets_.empty() ? kNoSheets : kAllHidden));
}

}  // namespace

bool SharedStrings::add(std::string_view text) {
  if (ends_.size() >= kCellsMax || text.size() > kTextBytesMax - text_.size()) return false;
  text_.append(text);
  ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  return true;
}

std::string_view SharedStrings::at(std::size_t index) const {
  if (index >= ends_.size()) return {};
  std::size_t start = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(text_).substr(start, ends_[index] - start);
}

Result<XlsxWorkbook> open_xlsx(const ZipParts& parts) {
  POSTROOM_TRY(roots, relations_of(parts, ""));
  std::string workbook_part = "xl/workbook.xml";
  for (const auto& [id, relation] : roots) {
    if (relation.type == "officeDocument") workbook_part = relation.part;
  }
  if (workbook_part.ends_with(".bin"))
    return fail(ErrorKind::invalid_input, "Binary workbooks (.xlsb) cannot be read: save it as .xlsx or CSV");
  POSTROOM_TRY(relations, relations_of(parts, workbook_part));
  WorkbookVisitor visitor;
  POSTROOM_CHECK(visit_xml(parts, workbook_part, kNames, visitor));
  XlsxWorkbook workbook;
  workbook.from_1904 = visitor.from_1904_;
  POSTROOM_TRY(sheet_part, sheet_part_of(visitor, relations));
  workbook.sheet_part = std::move(sheet_part);
  for (const auto& [id, relation] : relations) {
    if (relation.type == "styles" && parts.has(relation.part)) {
      StylesVisitor styles(workbook.cell_styles);
      POSTROOM_CHECK(visit_xml(parts, relation.part, kNames, styles));
    }
    if (relation.type == "sharedStrings" && parts.has(relation.part)) {
      StringsVisitor strings(workbook.strings);
      POSTROOM_CHECK(visit_xml(parts, relation.part, kNames, strings));
    }
  }
  return workbook;
}

std::string unescape_xlsx(std::string_view text) {
  constexpr std::size_t kEscapeBytes = 7;  // _xHHHH_
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = text.find("_x"); found != std::string_view::npos; found = text.find("_x", found + 1)) {
    if (text.size() - found < kEscapeBytes || text[found + 6] != '_') continue;
    unsigned code = 0;
    bool hex = true;
    for (char c : text.substr(found + 2, 4)) {
      unsigned digit =
          c >= '0' && c <= '9' ? static_cast<unsigned>(c - '0') : static_cast<unsigned>((c | 0x20) - 'a') + 10U;
      hex = hex && digit < 16;
      code = code << 4 | (digit & 15);
    }
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (!hex || surrogate || found < at) continue;
    out.append(text, at, found - at);
    if (code != 0) out.append(to_utf8(std::u32string(1, static_cast<char32_t>(code))));
    at = found + kEscapeBytes;
  }
  if (at == 0) return std::string(text);
  out.append(text, at);
  return out;
}

}  // namespace postroom::spreadsheet
