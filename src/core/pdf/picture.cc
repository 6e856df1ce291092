#include "core/pdf/picture.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"

namespace postroom::pdf {
namespace {

constexpr std::string_view kMark = "postroom picture 1\n";

tl::unexpected<Error> damaged() { return fail(ErrorKind::corrupt, "a stored picture is damaged"); }

}  // namespace

int write_picture(DocumentWriter& document, const Picture& picture) {
  std::string entries = picture.entries;
  if (!picture.mask.empty()) {
    int mask = document.reserve();
    document.stream(mask, picture.mask_entries, picture.mask);
    entries += fmt::format("/SMask {} 0 R", mask);
  }
  int number = document.reserve();
  document.stream(number, entries, picture.content);
  return number;
}

// A line that says what it is, a line of JSON, then the bytes of content and mask.
Bytes to_bytes(const Picture& picture) {
  json::object head{{"width", picture.width},           {"height", picture.height},
                    {"ratio", picture.ratio},           {"transparent", picture.transparent},
                    {"entries", picture.entries},       {"mask_entries", picture.mask_entries},
                    {"content", picture.content.size()}};
  return std::string(kMark) + write_json(head) + '\n' + picture.content + picture.mask;
}

Result<Picture> picture_from_bytes(BytesView bytes) {
  std::size_t end = bytes.find('\n', kMark.size());
  if (!bytes.starts_with(kMark) || end == BytesView::npos) return damaged();
  auto parsed = parse_json(bytes.substr(kMark.size(), end - kMark.size()));
  if (!parsed || !parsed->is_object()) return damaged();
  const json::object& head = parsed->get_object();
  auto number = [&](std::string_view key) {
    const json::value* value = head.if_contains(key);
    return value != nullptr && value->is_number() ? value->to_number<double>() : 0.0;
  };
  Picture picture{.width = number("width"),
                  .height = number("height"),
                  .ratio = number("ratio"),
                  .transparent = get_bool(head, "transparent").value_or(false),
                  .entries = get_string(head, "entries").value_or(""),
                  .content = {},
                  .mask_entries = get_string(head, "mask_entries").value_or(""),
                  .mask = {}};
  BytesView rest = bytes.substr(end + 1);
  auto content = get_int(head, "content").value_or(-1);
  bool sound = picture.width > 0 && picture.height > 0 && picture.ratio > 0 && !picture.entries.empty() &&
               content > 0 && std::cmp_less_equal(content, rest.size());
  if (!sound) return damaged();
  picture.content = rest.substr(0, static_cast<std::size_t>(content));
  picture.mask = rest.substr(static_cast<std::size_t>(content));
  return picture;
}

}  // namespace postroom::pdf
