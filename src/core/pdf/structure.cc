#include "core/pdf/structure.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace postroom::pdf {

std::string text_string(std::string_view utf8) {
  bool plain = std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  std::string out;
  if (plain) {
    out = "(";
    for (char c : utf8) {
      if (c == '(' || c == ')' || c == '\\') out += '\\';
      out += c;
    }
    return out + ')';
  }
  out = "<FEFF";
  auto unit = [&](unsigned value) { fmt::format_to(std::back_inserter(out), "{:04X}", value); };
  for (std::size_t position = 0; position < utf8.size();) {
    char32_t c = next_code_point(utf8, position);
    if (c < 0x10000) {
      unit(static_cast<unsigned>(c));
    } else {
      unit(0xD800 + static_cast<unsigned>((c - 0x10000) >> 10));
      unit(0xDC00 + static_cast<unsigned>((c - 0x10000) & 0x3FF));
    }
  }
  return out + '>';
}

void Structure::clear() {
  nodes_.clear();
  nodes_.push_back({.role = "Document", .entries = {}, .kids = {}});
  marked_.clear();
}

int Structure::add(std::string_view role, int parent, std::string entries) {
  int node = static_cast<int>(nodes_.size());
  nodes_.push_back({.role = role, .parent = parent, .entries = std::move(entries), .kids = {}});
  nodes_[static_cast<std::size_t>(parent)].kids.push_back({kNone, node});
  return node;
}

int Structure::mark(int node, int page) {
  auto index = static_cast<std::size_t>(page);
  if (marked_.size() <= index) marked_.resize(index + 1);
  int number = static_cast<int>(marked_[index].size());
  marked_[index].push_back(node);
  nodes_[static_cast<std::size_t>(node)].kids.push_back({page, number});
  return number;
}

int Structure::write(DocumentWriter& document, std::span<const int> pages) const {
  int tree = document.reserve();
  int first = tree + 1;
  for (std::size_t i = 0; i < nodes_.size(); ++i) document.reserve();
  std::string body;
  auto out = std::back_inserter(body);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    body.clear();
    fmt::format_to(out, "<</S/{}/P {} 0 R{}", node.role, node.parent == kNone ? tree : first + node.parent,
                   node.entries);
    auto marked =
        std::find_if(node.kids.begin(), node.kids.end(), [](const Kid& kid) { return kid.page != kNone; });
    // The page that plain numbers are of.
    int own_page = marked == node.kids.end() ? kNone : marked->page;
    if (own_page != kNone) fmt::format_to(out, "/Pg {} 0 R", pages[static_cast<std::size_t>(own_page)]);
    if (!node.kids.empty()) body += "/K[";
    for (const Kid& kid : node.kids) {
      if (kid.page == kNone) {
        fmt::format_to(out, "{} 0 R ", first + kid.number);
      } else if (kid.page == own_page) {
        fmt::format_to(out, "{} ", kid.number);
      } else {
        fmt::format_to(out, "<</Type/MCR/Pg {} 0 R/MCID {}>>", pages[static_cast<std::size_t>(kid.page)],
                       kid.number);
      }
    }
    if (!node.kids.empty()) body += ']';
    body += ">>";
    document.object(first + static_cast<int>(i), body);
  }
  body.clear();
  fmt::format_to(out, "<</Type/StructTreeRoot/K {} 0 R/ParentTreeNextKey {}/ParentTree<</Nums[", first,
                 pages.size());
  for (std::size_t page = 0; page < marked_.size(); ++page) {
    fmt::format_to(out, "{}[", page);
    for (int node : marked_[page]) fmt::format_to(out, "{} 0 R ", first + node);
    body += ']';
  }
  body += "]>>>>";
  document.object(tree, body);
  return tree;
}

}  // namespace postroom::pdf
