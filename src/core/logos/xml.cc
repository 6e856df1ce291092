#include "core/logos/xml.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace postroom::logos {
namespace {

tl::unexpected<Error> refuse(std::string_view reason) {
  return fail(
      ErrorKind::invalid_input,
      fmt::format("The SVG cannot be read: {}. Save it again from your drawing program as plain SVG", reason));
}

bool ends_name(char c) { return is_ascii_space(c) || c == '>' || c == '/' || c == '=' || c == '<' || c == '"'; }

std::string local(std::string_view name) {
  std::size_t colon = name.find(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<XmlNode> read() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    XmlNode document;
    open_.push_back(&document);
    while (at_ < text_.size()) POSTROOM_CHECK(step());
    if (open_.size() > 1) return refuse(fmt::format("<{}> is not closed", open_.back()->name));
    if (document.children.size() != 1) return refuse("it has no element, or more than one outside all others");
    return std::move(document.children.front());
  }

 private:
  Result<void> step() {
    if (text_[at_] != '<') return read_text();
    std::string_view rest = text_.substr(at_);
    if (rest.starts_with("<!--")) return skip(4, "-->");
    if (rest.starts_with("<?")) return skip(2, "?>");
    if (rest.starts_with("<![CDATA[")) return read_raw();
    if (rest.starts_with("<!DOCTYPE")) return skip_doctype();
    if (rest.starts_with("</")) return read_end();
    return read_start();
  }

  Result<void> skip(std::size_t start, std::string_view end) {
    std::size_t found = text_.find(end, at_ + start);
    if (found == std::string_view::npos) return refuse(fmt::format("'{}' is missing", end));
    at_ = found + end.size();
    return {};
  }

  Result<void> skip_doctype() {
    std::size_t end = text_.find_first_of("[>", at_);
    if (end != std::string_view::npos && text_[end] == '[')
      return refuse("its document type declares entities, which some programs do to keep their own data");
    return skip(0, ">");
  }

  Result<void> read_raw() {
    constexpr std::string_view kStart = "<![CDATA[";
    std::size_t start = at_ + kStart.size();
    POSTROOM_CHECK(skip(kStart.size(), "]]>"));
    open_.back()->text += text_.substr(start, at_ - 3 - start);
    return {};
  }

  Result<void> read_text() {
    std::size_t end = std::min(text_.find('<', at_), text_.size());
    POSTROOM_CHECK(append_decoded(text_.substr(at_, end - at_), open_.back()->text));
    at_ = end;
    return {};
  }

  std::string_view read_name() {
    std::size_t start = at_;
    while (at_ < text_.size() && !ends_name(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_ascii_space(text_[at_])) ++at_;
  }

  Result<void> read_end() {
    at_ += 2;
    std::string name = local(read_name());
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '>') return refuse(fmt::format("</{} has no '>'", name));
    ++at_;
    if (open_.size() < 2 || open_.back()->name != name) return refuse(fmt::format("</{}> closes nothing", name));
    open_.pop_back();
    return {};
  }

  Result<void> read_start() {
    ++at_;
    std::string_view full_name = read_name();
    std::string name = local(full_name);
    if (name.empty()) return refuse("an element has no name");
    if (++nodes_ > kXmlNodesMax) return refuse(fmt::format("it has more than {} elements", kXmlNodesMax));
    if (open_.size() > kXmlDepthMax) return refuse(fmt::format("it is nested more than {} deep", kXmlDepthMax));
    // Only the innermost open node gets children, so that pointers to the open ones stay valid.
    XmlNode& node = open_.back()->children.emplace_back();
    node.name = std::move(name);
    node.foreign = full_name.find(':') != std::string_view::npos && !full_name.starts_with("svg:");
    for (;;) {
      skip_blanks();
      if (at_ >= text_.size()) return refuse(fmt::format("<{} has no '>'", node.name));
      if (text_[at_] == '>') {
        ++at_;
        open_.push_back(&node);
        return {};
      }
      if (text_.substr(at_).starts_with("/>")) {
        at_ += 2;
        return {};
      }
      POSTROOM_CHECK(read_attribute(node));
    }
  }

  Result<void> read_attribute(XmlNode& node) {
    constexpr std::size_t kAttributesMax = 200;
    std::string_view name = read_name();
    skip_blanks();
    bool sound = !name.empty() && at_ < text_.size() && text_[at_] == '=';
    if (sound) {
      ++at_;
      skip_blanks();
      sound = at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'');
    }
    std::size_t end = sound ? text_.find(text_[at_], at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos || node.attributes.size() >= kAttributesMax)
      return refuse(fmt::format("an attribute of <{}> is damaged", node.name));
    std::string value;
    POSTROOM_CHECK(append_decoded(text_.substr(at_ + 1, end - at_ - 1), value));
    // Declarations of namespaces, and what their programs keep for themselves, are no attributes of the drawing.
    std::size_t colon = name.find(':');
    std::string_view prefix = colon == std::string_view::npos ? "" : name.substr(0, colon);
    if (prefix.empty() || prefix == "xlink") node.attributes.emplace_back(local(name), std::move(value));
    at_ = end + 1;
    return {};
  }

  static Result<void> append_decoded(std::string_view raw, std::string& out) {
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '&') {
        out += raw[i];
        continue;
      }
      constexpr std::size_t kReferenceMax = 10;
      std::size_t end = raw.substr(i, kReferenceMax).find(';');
      auto character = end == std::string_view::npos ? 0 : referenced(raw.substr(i + 1, end - 1));
      if (character == 0) return refuse(fmt::format("'{}' is no known reference", raw.substr(i, kReferenceMax)));
      append_utf8(out, character);
      i += end;
    }
    return {};
  }

  static char32_t referenced(std::string_view name) {
    if (name == "lt") return '<';
    if (name == "gt") return '>';
    if (name == "amp") return '&';
    if (name == "quot") return '"';
    if (name == "apos") return '\'';
    if (!name.starts_with('#')) return 0;
    bool hexadecimal = name.starts_with("#x");
    name.remove_prefix(hexadecimal ? 2 : 1);
    unsigned value = 0;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value, hexadecimal ? 16 : 10);
    bool sound = error == std::errc{} && end == name.data() + name.size() && value < 0x110000 &&
                 (value < 0xD800 || value > 0xDFFF);
    return sound ? static_cast<char32_t>(value) : 0;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
  std::vector<XmlNode*> open_;
};

}  // namespace

const std::string* XmlNode::find(std::string_view attribute) const {
  for (const auto& [name, value] : attributes)
    if (name == attribute) return &value;
  return nullptr;
}

Result<XmlNode> parse_xml(std::string_view text) {
  if (!is_valid_utf8(text)) return refuse("it is not UTF-8 text");
  return Reader(text).read();
}

}  // namespace postroom::logos
