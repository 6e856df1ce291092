#include "adapters/pdfscan/wire.h"

#include <cmath>

namespace postroom::pdfscan {
namespace {

// Millimetres of anything that can be on a page, or beside it.
constexpr double kMillimetresMax = 1e7;

tl::unexpected<Error> not_understood(std::string_view what) {
  return fail(ErrorKind::internal, fmt::format("postroom-pdfscan: {} is not understood: install the one that came "
                                               "with this release",
                                               what));
}

json::array box_out(const pdf::Box& box) { return {box.left, box.top, box.right, box.bottom}; }

json::array boxes_out(const std::vector<pdf::Box>& boxes) {
  json::array out;
  for (const auto& box : boxes) out.push_back(box_out(box));
  return out;
}

std::optional<double> number(const json::value& value) {
  if (!value.is_number()) return std::nullopt;
  double out = value.to_number<double>();
  if (!std::isfinite(out) || std::abs(out) > kMillimetresMax) return std::nullopt;
  return out;
}

std::optional<int> integer(const json::object& object, std::string_view key, int least, int most) {
  const json::value* value = object.if_contains(key);
  if (!value || !value->is_int64() || value->get_int64() < least || value->get_int64() > most) return std::nullopt;
  return static_cast<int>(value->get_int64());
}

std::optional<bool> boolean(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (!value || !value->is_bool()) return std::nullopt;
  return value->get_bool();
}

std::optional<pdf::Box> box_in(const json::value& value) {
  const json::array* array = value.if_array();
  if (!array || array->size() != 4) return std::nullopt;
  std::array<double, 4> sides{};
  for (std::size_t i = 0; i < 4; ++i) {
    auto side = number((*array)[i]);
    if (!side) return std::nullopt;
    sides[i] = *side;
  }
  return pdf::Box{sides[0], sides[1], sides[2], sides[3]};
}

// False when the member is there and is no box.
bool read_box(const json::object& object, std::string_view key, std::optional<pdf::Box>& out) {
  const json::value* value = object.if_contains(key);
  if (!value || value->is_null()) return true;
  out = box_in(*value);
  return out.has_value();
}

bool read_boxes(const json::object& object, std::string_view key, std::vector<pdf::Box>& out) {
  const json::value* value = object.if_contains(key);
  if (!value || !value->is_array() || value->get_array().size() > kBoxesMax) return false;
  for (const auto& item : value->get_array()) {
    auto box = box_in(item);
    if (!box) return false;
    out.push_back(*box);
  }
  return true;
}

json::value optional_box(const std::optional<pdf::Box>& box) {
  return box ? json::value(box_out(*box)) : json::value(nullptr);
}

json::object work_out(const pdf::Look& look) {
  return {{"operation", "look"},
          {"pages_max", look.pages_max},
          {"words_within", optional_box(look.words_within)},
          {"tag_within", optional_box(look.tag_within)},
          {"allowed_first", boxes_out(look.allowed_first)},
          {"allowed_others", boxes_out(look.allowed_others)}};
}

json::object work_out(const ports::PdfRewrite& rewrite) {
  return {{"operation", "rewrite"},
          {"redact", boxes_out(rewrite.redact)},
          {"whiten", optional_box(rewrite.whiten)},
          {"stamp_bytes", rewrite.stamp.size()},
          {"to_cmyk", rewrite.to_cmyk},
          {"embed_fonts", rewrite.embed_fonts}};
}

json::object work_out(const ports::PdfImageRequest& image) {
  return {{"operation", "page_image"},
          {"page", image.page},
          {"dpi", image.dpi},
          {"whiten", boxes_out(image.whiten)},
          {"tint", boxes_out(image.tint)}};
}

json::object work_out(const ports::PdfZoneTint& zones) {
  return {{"operation", "tint"}, {"first", boxes_out(zones.first)}, {"others", boxes_out(zones.others)}};
}

std::optional<Work> work_in(const json::object& head) {
  auto operation = get_string(head, "operation");
  if (operation == "look") {
    pdf::Look look;
    auto pages_max = integer(head, "pages_max", 0, kPagesMax);
    if (!pages_max || !read_box(head, "words_within", look.words_within) ||
        !read_box(head, "tag_within", look.tag_within) || !read_boxes(head, "allowed_first", look.allowed_first) ||
        !read_boxes(head, "allowed_others", look.allowed_others))
      return std::nullopt;
    look.pages_max = *pages_max;
    return look;
  }
  if (operation == "rewrite") {
    ports::PdfRewrite rewrite;
    auto to_cmyk = boolean(head, "to_cmyk");
    auto embed_fonts = boolean(head, "embed_fonts");
    if (!to_cmyk || !embed_fonts || !read_boxes(head, "redact", rewrite.redact) ||
        !read_box(head, "whiten", rewrite.whiten))
      return std::nullopt;
    rewrite.to_cmyk = *to_cmyk;
    rewrite.embed_fonts = *embed_fonts;
    return rewrite;
  }
  if (operation == "page_image") {
    ports::PdfImageRequest image;
    auto page = integer(head, "page", 1, kPageCountMax);
    auto dpi = integer(head, "dpi", kDpiMin, kDpiMax);
    if (!page || !dpi || !read_boxes(head, "whiten", image.whiten) || !read_boxes(head, "tint", image.tint))
      return std::nullopt;
    image.page = *page;
    image.dpi = *dpi;
    return image;
  }
  if (operation == "tint") {
    ports::PdfZoneTint zones;
    if (!read_boxes(head, "first", zones.first) || !read_boxes(head, "others", zones.others)) return std::nullopt;
    return zones;
  }
  return std::nullopt;
}

// The first line as an object of our version, and what comes after it.
std::optional<std::pair<json::object, BytesView>> split_head(BytesView bytes) {
  std::size_t end = bytes.substr(0, kHeadBytesMax).find('\n');
  if (end == BytesView::npos) return std::nullopt;
  auto head = parse_json(bytes.substr(0, end));
  if (!head || !head->is_object() || !integer(head->get_object(), "version", kWireVersion, kWireVersion))
    return std::nullopt;
  return std::pair{std::move(head->get_object()), bytes.substr(end + 1)};
}

json::object page_out(const pdf::Page& page) {
  json::array words;
  for (const auto& word : page.words)
    words.push_back({{"text", word.text}, {"box", box_out(word.box)}, {"block", word.block}, {"line", word.line}});
  return {{"width", page.width},
          {"height", page.height},
          {"rotation", page.rotation},
          {"ink_outside", page.ink_outside},
          {"ink_places", boxes_out(page.ink_places)},
          {"words", std::move(words)}};
}

std::optional<pdf::Word> word_in(const json::value& value) {
  const json::object* object = value.if_object();
  const json::value* box_value = object ? object->if_contains("box") : nullptr;
  if (!box_value) return std::nullopt;
  auto text = get_string(*object, "text");
  auto box = box_in(*box_value);
  auto block = integer(*object, "block", 0, INT32_MAX);
  auto line = integer(*object, "line", 0, INT32_MAX);
  if (!text || !box || !block || !line) return std::nullopt;
  return pdf::Word{std::move(*text), *box, *block, *line};
}

std::optional<pdf::Page> page_in(const json::value& value) {
  const json::object* object = value.if_object();
  if (!object) return std::nullopt;
  const json::value* width = object->if_contains("width");
  const json::value* height = object->if_contains("height");
  const json::value* words = object->if_contains("words");
  auto rotation = integer(*object, "rotation", 0, 359);
  auto ink_outside = boolean(*object, "ink_outside");
  if (!width || !height || !number(*width) || !number(*height) || !rotation || !ink_outside || !words ||
      !words->is_array() || words->get_array().size() > kWordsMax)
    return std::nullopt;
  pdf::Page page{*number(*width), *number(*height), *rotation, {}, *ink_outside, {}};
  if (!read_boxes(*object, "ink_places", page.ink_places)) return std::nullopt;
  for (const auto& item : words->get_array()) {
    auto word = word_in(item);
    if (!word) return std::nullopt;
    page.words.push_back(std::move(*word));
  }
  return page;
}

}  // namespace

std::string request_head(const Work& work, std::size_t pdf_bytes) {
  json::object head = std::visit([](const auto& part) { return work_out(part); }, work);
  head["version"] = kWireVersion;
  head["pdf_bytes"] = pdf_bytes;
  return write_json(head) + "\n";
}

Result<Request> parse_request(BytesView bytes) {
  auto split = split_head(bytes);
  if (!split) return not_understood("the request");
  auto& [head, body] = *split;
  auto work = work_in(head);
  auto pdf_bytes = integer(head, "pdf_bytes", 0, static_cast<int>(kPdfBytesMax));
  if (!work || !pdf_bytes) return not_understood("the request");
  auto size = static_cast<std::size_t>(*pdf_bytes);
  auto* rewrite = std::get_if<ports::PdfRewrite>(&*work);
  auto stamp_bytes = rewrite ? integer(head, "stamp_bytes", 0, static_cast<int>(kPdfBytesMax)) : 0;
  if (!stamp_bytes || body.size() != size + static_cast<std::size_t>(*stamp_bytes))
    return not_understood("the request");
  if (rewrite) rewrite->stamp = Bytes(body.substr(size));
  return Request{std::move(*work), Bytes(body.substr(0, size))};
}

std::string answer(BytesView body) {
  std::string out =
      write_json(json::object{{"version", kWireVersion}, {"ok", true}, {"bytes", body.size()}}) + "\n";
  out += body;
  return out;
}

std::string refusal(std::string_view reason) {
  std::string out = R"({"version":)" + std::to_string(kWireVersion) + R"(,"ok":false,"reason":)";
  append_json_string(out, reason);
  return out + "}\n";
}

Result<BytesView> parse_answer(BytesView bytes) {
  auto split = split_head(bytes);
  if (!split) return not_understood("the answer");
  const auto& [head, body] = *split;
  auto ok = boolean(head, "ok");
  if (!ok) return not_understood("the answer");
  if (!*ok) {
    auto reason = get_string(head, "reason");
    if (!reason || !body.empty()) return not_understood("the answer");
    return fail(ErrorKind::invalid_input, std::move(*reason));
  }
  auto size = integer(head, "bytes", 0, static_cast<int>(kAnswerBytesMax));
  if (!size || body.size() != static_cast<std::size_t>(*size)) return not_understood("the answer");
  return body;
}

std::string write_facts(const pdf::Facts& facts) {
  json::array pages;
  for (const auto& page : facts.pages) pages.push_back(page_out(page));
  json::array fonts;
  for (const auto& font : facts.fonts_not_embedded) fonts.emplace_back(font);
  return write_json(json::object{{"page_count", facts.page_count},
                                 {"pages", std::move(pages)},
                                 {"has_rgb", facts.has_rgb},
                                 {"fonts_not_embedded", std::move(fonts)}});
}

Result<pdf::Facts> parse_facts(BytesView text) {
  auto value = parse_json(text);
  if (!value || !value->is_object()) return not_understood("the answer");
  const json::object& object = value->get_object();
  pdf::Facts facts;
  auto page_count = integer(object, "page_count", 1, kPageCountMax);
  auto has_rgb = boolean(object, "has_rgb");
  const json::value* pages = object.if_contains("pages");
  if (!page_count || !has_rgb || !pages || !pages->is_array()) return not_understood("the answer");
  facts.page_count = *page_count;
  facts.has_rgb = *has_rgb;
  facts.fonts_not_embedded = get_strings(object, "fonts_not_embedded");
  for (const auto& item : pages->get_array()) {
    auto page = page_in(item);
    if (!page) return not_understood("the answer");
    facts.pages.push_back(std::move(*page));
  }
  if (!facts.pages.empty() && facts.pages.size() != static_cast<std::size_t>(facts.page_count))
    return not_understood("the answer");
  return facts;
}

}  // namespace postroom::pdfscan
