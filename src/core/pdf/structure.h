// The logical structure of a document: what is a heading, a paragraph, a list, and in which order it is read
// (ISO 32000-1, 14.7 and 14.8).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/pdf/document.h"

namespace postroom::pdf {

// A text string: literal where ASCII will do, UTF-16 else. `utf8` is valid.
std::string text_string(std::string_view utf8);

class Structure {
 public:
  static constexpr int kRoot = 0;  // the document
  static constexpr int kNone = -1;

  Structure() { clear(); }
  void clear();

  // An element with one of the standard roles, such as "P"; read after those its parent already has. `role` must
  // outlive the structure. `entries` go into its dictionary.
  int add(std::string_view role, int parent, std::string entries = {});
  std::string_view role(int node) const { return nodes_[static_cast<std::size_t>(node)].role; }
  // Says that content on `page`, from 0, belongs to `node`; returns the number to mark the content with.
  int mark(int node, int page);

  // Writes all elements; `pages` are the object numbers of the pages, whose StructParents are their indices.
  // Returns the number of the tree's root, for the catalog.
  int write(DocumentWriter& document, std::span<const int> pages) const;

 private:
  struct Kid {
    int page;  // kNone: `number` is a node
    int number;
  };
  struct Node {
    std::string_view role;
    int parent = kNone;
    std::string entries;
    std::vector<Kid> kids;
  };

  std::vector<Node> nodes_;
  std::vector<std::vector<int>> marked_;  // nodes by page, in the order of their numbers
};

}  // namespace postroom::pdf
