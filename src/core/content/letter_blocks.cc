#include "core/content/letter_blocks.h"

#include "base/text.h"
#include "core/content/html_entities.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

class BlockReader {
 public:
  explicit BlockReader(std::string_view html) : html_(html) {}

  std::vector<LetterBlock> read() {
    for (std::size_t i = 0; i < html_.size();) {
      std::size_t open = std::min(html_.find('<', i), html_.size());
      if (open > i) text(html_.substr(i, open - i));
      if (open == html_.size()) break;
      std::size_t close = html_.find('>', open);
      if (close == std::string_view::npos) break;
      tag(html_.substr(open + 1, close - open - 1));
      i = close + 1;
    }
    end_paragraph();
    return std::move(blocks_);
  }

 private:
  // The lines that text goes to now: of the innermost item, or of a paragraph.
  std::vector<LetterLine>& lines() { return items_.empty() ? lines_ : items_.back()->lines; }

  void text(std::string_view html) {
    std::string decoded = decode_entities(html);
    if (lines().empty()) {
      if (trim_unicode(decoded).empty()) return;
      lines().emplace_back();
    }
    auto& spans = lines().back().spans;
    if (!spans.empty() && spans.back().bold == bold_) {
      spans.back().text += decoded;
    } else {
      spans.push_back({std::move(decoded), bold_});
    }
  }

  void tag(std::string_view tag) {
    if (tag == "p" || tag == "h2") {
      begin_paragraph();
    } else if (tag == "/p") {
      if (items_.empty()) end_paragraph();
      new_line_ = true;
    } else if (tag == "/h2") {
      end_heading();
    } else if (tag == "br") {
      line_break();
    } else if (tag == "strong" || tag == "/strong") {
      bold_ = tag == "strong";
    } else if (tag == "ul" || tag == "ol") {
      begin_list(tag == "ol");
    } else if (tag == "/ul" || tag == "/ol") {
      end_list();
    } else if (tag == "li") {
      lists_.back()->items.emplace_back();
      items_.push_back(&lists_.back()->items.back());
      new_line_ = false;
    } else if (tag == "/li") {
      items_.pop_back();
    } else if (tag.starts_with("hr")) {
      page_break();
    } else if (tag.starts_with("img")) {
      qr_code(tag);
    }
  }

  // A paragraph inside an item begins a line of it.
  void begin_paragraph() {
    if (items_.empty()) {
      // Loose text before it is a paragraph of its own; empty lines belong to what follows.
      if (has_text()) end_paragraph();
      if (!lines_.empty()) lines_.emplace_back();
    } else if (new_line_ && !lines().empty()) {
      lines().emplace_back();
    }
    new_line_ = false;
  }

  void end_heading() {
    new_line_ = true;
    if (!items_.empty()) return;  // in an item it is a line like others
    if (has_text()) blocks_.emplace_back(LetterHeading{std::move(lines_)});
    lines_.clear();
  }

  bool has_text() const {
    for (const LetterLine& line : lines_) {
      if (!line.spans.empty()) return true;
    }
    return false;
  }

  void end_paragraph() {
    if (!has_text()) return;
    blocks_.emplace_back(LetterParagraph{std::move(lines_)});
    lines_.clear();
  }

  void line_break() {
    if (lines().empty()) lines().emplace_back();
    if (items_.empty() || !lines().back().spans.empty() || lines().size() > 1) lines().emplace_back();
    if (items_.empty() && !has_text()) lines().pop_back();
  }

  void begin_list(bool numbered) {
    if (items_.empty()) {
      end_paragraph();
      lines_.clear();
      blocks_.emplace_back(LetterList{numbered, {}});
      lists_.push_back(&std::get<LetterList>(blocks_.back()));
    } else {
      items_.back()->nested.push_back(LetterList{numbered, {}});
      lists_.push_back(&items_.back()->nested.back());
    }
  }

  void end_list() { lists_.pop_back(); }

  void page_break() {
    if (!items_.empty()) return;
    end_paragraph();
    lines_.clear();
    blocks_.emplace_back(LetterPageBreak{});
  }

  void qr_code(std::string_view tag) {
    constexpr std::string_view kAttribute = "alt=\"";
    std::size_t begin = tag.find(kAttribute);
    if (begin == std::string_view::npos) return;
    begin += kAttribute.size();
    std::string_view payload = tag.substr(begin, tag.find('"', begin) - begin);
    if (!items_.empty()) {  // items hold lines only
      text(payload);
      return;
    }
    end_paragraph();
    lines_.clear();
    blocks_.emplace_back(LetterQrCode{decode_entities(payload)});
  }

  std::string_view html_;
  std::vector<LetterBlock> blocks_;
  std::vector<LetterLine> lines_;
  // Both point into blocks_; only the innermost list and item grow, so the others stay where they are.
  std::vector<LetterList*> lists_;
  std::vector<LetterListItem*> items_;
  bool bold_ = false;
  bool new_line_ = false;
};

}  // namespace

std::vector<LetterBlock> letter_blocks(std::string_view html) { return BlockReader(html).read(); }

}  // namespace postroom::content
