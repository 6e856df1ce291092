#include "html_tree.h"

#include <gumbo.h>

#include <algorithm>

namespace postroom::properties {
namespace {

template <typename T>
const T* item(const GumboVector& vector, unsigned int i) {
  return static_cast<const T*>(vector.data[i]);
}

std::string name_of(const GumboElement& element) {
  if (element.tag != GUMBO_TAG_UNKNOWN) return gumbo_normalized_tagname(element.tag);
  GumboStringPiece original = element.original_tag;
  gumbo_tag_from_original_text(&original);
  return "unknown:" + std::string(original.data, original.length);
}

void read(const GumboNode& node, HtmlTree& tree) {
  if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA) {
    tree.text += node.v.text.text;
    return;
  }
  if (node.type == GUMBO_NODE_COMMENT) {
    tree.shape += "comment ";
    return;
  }
  if (node.type != GUMBO_NODE_ELEMENT) return;
  const GumboElement& element = node.v.element;
  tree.elements.push_back(name_of(element));
  tree.shape += tree.elements.back() + "[";
  for (unsigned int i = 0; i < element.attributes.length; ++i) {
    const auto* attribute = item<GumboAttribute>(element.attributes, i);
    tree.attributes.emplace_back(attribute->name);
    tree.shape += tree.attributes.back() + " ";
    if (tree.attributes.back() == "href") tree.links.emplace_back(attribute->value);
  }
  tree.shape += "](";
  for (unsigned int i = 0; i < element.children.length; ++i) read(*item<GumboNode>(element.children, i), tree);
  tree.shape += ")";
}

}  // namespace

HtmlTree parse_html(std::string_view html) {
  HtmlTree tree;
  GumboOutput* output = gumbo_parse_with_options(&kGumboDefaultOptions, html.data(), html.size());
  read(*output->root, tree);
  gumbo_destroy_output(&kGumboDefaultOptions, output);
  return tree;
}

}  // namespace postroom::properties
