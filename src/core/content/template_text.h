// The text of a template, read once and filled many times.
//
// A placeholder is ((name)) or ((name??text shown if the value is yes)). The inner text has at least one
// character and no brackets. Values are never searched for placeholders.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/content/personalisation.h"

namespace postroom::content {

struct Placeholder {
  std::string name;  // as spelled in the template, blanks included
  std::string key;
  bool conditional = false;

  friend bool operator==(const Placeholder&, const Placeholder&) = default;
};

// What stands for a list of values.
enum class ListStyle : std::uint8_t {
  phrase,   // a, b and c
  bullets,  // two line feeds, then "* a" on a line each
};

// What stands for a value that is missing.
enum class MissingStyle : std::uint8_t {
  shown,    // the placeholder itself; highlighted in HTML
  hidden,   // a note that it is hidden: for templates with redacted values
  dropped,  // nothing: for counting a template without values
  name,     // only its name; highlighted in HTML: for address lines
};

struct FillOptions {
  ListStyle lists = ListStyle::phrase;
  MissingStyle missing = MissingStyle::shown;
  std::string_view dropped_mark = {};  // left behind by dropped values, not by conditional texts
};

// Class names of the elements that fill() writes for missing values in HTML; the pages bring the style.
inline constexpr std::string_view kMissingClass = "placeholder";
inline constexpr std::string_view kMissingConditionalClass = "placeholder-conditional";
inline constexpr std::string_view kHiddenText = "hidden";

// Immutable and safe from several threads.
class TemplateText {
 public:
  enum class Markup : std::uint8_t {
    plain,  // fill() gives plain text
    html,   // the text is HTML-escaped first and fill() gives HTML; values are escaped, too
  };

  TemplateText() = default;
  explicit TemplateText(std::string source, Markup markup = Markup::plain);

  // The text as it was read (HTML-escaped for Markup::html).
  const std::string& source() const { return source_; }
  Markup markup() const { return markup_; }

  // In order of first appearance, first spelling, one for each key.
  std::vector<Placeholder> placeholders() const;
  // Every occurrence, repeated ones included, in order.
  std::size_t occurrences() const { return parts_.size(); }

  std::string fill(const Personalisation& values, FillOptions options = {}) const;

 private:
  // `literal` bytes of source_ up to a placeholder, then the placeholder.
  struct Part {
    std::size_t begin;  // of the first '(' in source_
    std::size_t end;    // past the last ')'
    Placeholder placeholder;
    std::string text;  // of a conditional one
  };

  void append_value(std::string& out, const Part& part, const PersonalisationValue& value, ListStyle lists) const;
  void append_missing(std::string& out, const Part& part, const FillOptions& options) const;

  std::string source_;
  std::vector<Part> parts_;
  Markup markup_ = Markup::plain;
};

// Appends those of `more` whose key is new: the placeholders of several texts in their listing order.
void merge_placeholders(std::vector<Placeholder>& list, const std::vector<Placeholder>& more);

// Names of the placeholders that have no value (absent or null), in listing order, as spelled.
std::vector<std::string> missing_names(const std::vector<Placeholder>& placeholders, const Personalisation& values);

// Names of values that no placeholder uses, sorted.
std::vector<std::string> unused_names(const std::vector<Placeholder>& placeholders, const Personalisation& values);

}  // namespace postroom::content
