#include "core/content/template_text.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "core/content/html_entities.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

constexpr std::array<std::string_view, 7> kYesWords = {"yes", "y", "true", "t", "1", "include", "show"};

bool means_yes(std::string_view printed) {
  std::string lowered = lower_unicode(printed);
  return std::ranges::find(kYesWords, lowered) != kYesWords.end();
}

std::string print_list(const std::vector<std::string>& items, ListStyle style) {
  if (items.empty()) return {};
  if (style == ListStyle::phrase) return phrase(items, {.before = "", .after = ""});
  std::string out = "\n";
  for (const std::string& item : items) out.append("\n* ").append(item);
  return out;
}

std::string print_value(const PersonalisationValue& value, ListStyle style) {
  return value.kind == PersonalisationValue::Kind::list ? print_list(value.items, style) : value.text;
}

void append_span(std::string& out, std::string_view css_class, std::string_view html) {
  out.append("<span class=\"").append(css_class).append("\">").append(html).append("</span>");
}

}  // namespace

TemplateText::TemplateText(std::string source, Markup markup)
    : source_(markup == Markup::html ? escape_markup(source) : std::move(source)), markup_(markup) {
  // A candidate is "((" with an inner text of no brackets and "))". In a run of opening brackets only the last
  // two can belong to one.
  for (std::size_t i = 0; i + 1 < source_.size();) {
    std::size_t open = source_.find("((", i);
    if (open == std::string::npos) break;
    while (open + 2 < source_.size() && source_[open + 2] == '(') ++open;
    std::size_t inner = open + 2;
    std::size_t close = source_.find_first_of("()", inner);
    if (close == std::string::npos) break;
    bool matches =
        close > inner && source_[close] == ')' && close + 1 < source_.size() && source_[close + 1] == ')';
    if (!matches) {
      i = source_[close] == '(' ? close : close + 1;
      continue;
    }
    std::string_view body = std::string_view(source_).substr(inner, close - inner);
    std::size_t mark = body.find("??");
    Part part{open, close + 2, {}, {}};
    part.placeholder.conditional = mark != std::string_view::npos;
    part.placeholder.name = std::string(body.substr(0, mark));
    part.placeholder.key = personalisation_key(part.placeholder.name);
    if (part.placeholder.conditional) part.text = std::string(body.substr(mark + 2));
    parts_.push_back(std::move(part));
    i = close + 2;
  }
}

std::vector<Placeholder> TemplateText::placeholders() const {
  std::vector<Placeholder> list;
  std::unordered_set<std::string_view> seen;
  for (const Part& part : parts_) {
    if (seen.insert(part.placeholder.key).second) list.push_back(part.placeholder);
  }
  return list;
}

void TemplateText::append_value(std::string& out, const Part& part, const PersonalisationValue& value,
                                ListStyle lists) const {
  if (part.placeholder.conditional) {
    std::string printed = print_value(value, lists);
    if (means_yes(markup_ == Markup::html ? escape_markup(printed) : printed)) out += part.text;
    return;
  }
  if (value.kind == PersonalisationValue::Kind::text && markup_ == Markup::plain) {
    out += value.text;
  } else if (markup_ == Markup::plain) {
    out += print_value(value, lists);
  } else {
    out += escape_markup(print_value(value, lists));
  }
}

void TemplateText::append_missing(std::string& out, const Part& part, const FillOptions& options) const {
  const Placeholder& placeholder = part.placeholder;
  MissingStyle style = options.missing;
  if (style == MissingStyle::dropped) {
    if (!placeholder.conditional) out += options.dropped_mark;
    return;
  }
  if (markup_ == Markup::plain) {
    if (style == MissingStyle::hidden) {
      out.append("[").append(kHiddenText).append("]");
    } else if (style == MissingStyle::name) {
      out += placeholder.name;
    } else {
      out += std::string_view(source_).substr(part.begin, part.end - part.begin);
    }
    return;
  }
  if (style == MissingStyle::hidden) {
    append_span(out, kMissingClass, kHiddenText);
  } else if (style == MissingStyle::name) {
    append_span(out, kMissingClass, placeholder.name);
  } else if (placeholder.conditional) {
    // Brackets as references: plain ones could form Markdown links.
    append_span(out, kMissingConditionalClass, "&#40;&#40;" + placeholder.name + "??");
    out.append(part.text).append("&#41;&#41;");
  } else {
    append_span(out, kMissingClass, "&#40;&#40;" + placeholder.name + "&#41;&#41;");
  }
}

std::string TemplateText::fill(const Personalisation& values, FillOptions options) const {
  std::string out;
  out.reserve(source_.size() + source_.size() / 4);
  std::size_t position = 0;
  for (const Part& part : parts_) {
    out.append(source_, position, part.begin - position);
    const std::string& key = part.placeholder.key;
    const PersonalisationValue* value = markup_ == Markup::html ? values.find_escaped(key) : values.find(key);
    if (value == nullptr || value->is_missing()) {
      append_missing(out, part, options);
    } else {
      append_value(out, part, *value, options.lists);
    }
    position = part.end;
  }
  out.append(source_, position, std::string::npos);
  return out;
}

void merge_placeholders(std::vector<Placeholder>& list, const std::vector<Placeholder>& more) {
  std::unordered_set<std::string> seen;
  for (const Placeholder& placeholder : list) seen.insert(placeholder.key);
  for (const Placeholder& placeholder : more) {
    if (seen.insert(placeholder.key).second) list.push_back(placeholder);
  }
}

std::vector<std::string> missing_names(const std::vector<Placeholder>& placeholders,
                                       const Personalisation& values) {
  std::vector<std::string> names;
  for (const Placeholder& placeholder : placeholders) {
    const PersonalisationValue* value = values.find(placeholder.key);
    if (value == nullptr || value->is_missing()) names.push_back(placeholder.name);
  }
  return names;
}

std::vector<std::string> unused_names(const std::vector<Placeholder>& placeholders, const Personalisation& values) {
  std::unordered_set<std::string_view> used;
  for (const Placeholder& placeholder : placeholders) used.insert(placeholder.key);
  std::vector<std::string> names;
  for (const Personalisation::Entry& entry : values.entries()) {
    if (!used.contains(entry.key)) names.push_back(entry.name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace postroom::content
