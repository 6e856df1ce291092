#include "core/documents/file_type.h"

#include <algorithm>

#include "base/text.h"
#include "core/documents/zip_names.h"

namespace postroom::documents {
namespace {

using enum FileType;

struct TypeFacts {
  FileType type;
  std::string_view name, extension, media_type, description;
};

constexpr TypeFacts kTypes[] = {
    {csv, "csv", "csv", "text/csv", "CSV table"},
    {doc, "doc", "doc", "application/msword", "Word document"},
    {docx, "docx", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     "Word document"},
    {jpeg, "jpeg", "jpg", "image/jpeg", "JPEG image"},
    {json, "json", "json", "application/json", "JSON"},
    {odt, "odt", "odt", "application/vnd.oasis.opendocument.text", "OpenDocument text"},
    {pdf, "pdf", "pdf", "application/pdf", "PDF"},
    {png, "png", "png", "image/png", "PNG image"},
    {rtf, "rtf", "rtf", "application/rtf", "RTF document"},
    {txt, "txt", "txt", "text/plain", "plain text"},
    {xlsx, "xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     "Excel spreadsheet"},
};

const TypeFacts& facts(FileType type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeFacts& f) { return f.type == type; });
}

// Programs that write PDFs may put bytes before the header, and readers accept that (ISO 32000-1, note to 7.5.2).
constexpr std::size_t kPdfHeaderWithin = 1024;
constexpr std::string_view kPngStart("\x89PNG\r\n\x1a\n", 8);
constexpr std::string_view kJpegStart("\xff\xd8\xff", 3);
// [MS-CFB] 2.2: the container of Word 97 to 2003.
constexpr std::string_view kCompoundFileStart("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
// [MS-DOC] 2.1: the stream that every such document has, its name in UTF-16.
constexpr std::string_view kWordStream("W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0", 24);
constexpr std::string_view kUtf16Little("\xff\xfe", 2);
constexpr std::string_view kUtf16Big("\xfe\xff", 2);

bool is_word_97(BytesView content) {
  return content.starts_with(kCompoundFileStart) && content.find(kWordStream) != BytesView::npos;
}

// Control characters that text files have: tab, line ends, vertical tab, form feed, and the end mark of DOS.
bool is_text_control(unsigned char c) { return (c >= '\t' && c <= '\r') || c == 0x1a; }

bool is_utf16_text(BytesView content) {
  if (content.size() % 2 != 0) return false;
  const std::size_t high = content.starts_with(kUtf16Little) ? 1 : 0;
  for (std::size_t i = 2; i < content.size(); i += 2) {
    unsigned char top = static_cast<unsigned char>(content[i + high]);
    unsigned char low = static_cast<unsigned char>(content[i + 1 - high]);
    if (top == 0 && low < ' ' && !is_text_control(low)) return false;
  }
  return true;
}

bool is_text(BytesView content) {
  if (content.starts_with(kUtf16Little) || content.starts_with(kUtf16Big)) return is_utf16_text(content);
  return std::none_of(content.begin(), content.end(), [](char c) {
    unsigned char byte = static_cast<unsigned char>(c);
    return (byte < ' ' && !is_text_control(byte)) || byte == 0x7f;
  });
}

// Of the kinds that are zips inside.
std::optional<FileType> zip_type(BytesView content) {
  ZipNames names(content);
  bool has_types = false, has_word = false, has_sheets = false;
  while (auto entry = names.next()) {
    if (entry->name == "mimetype" && entry->stored_content == media_type(odt)) return odt;
    has_types = has_types || entry->name == "[Content_Types].xml";
    has_word = has_word || entry->name.starts_with("word/");
    has_sheets = has_sheets || entry->name.starts_with("xl/");
  }
  if (!has_types || has_word == has_sheets) return std::nullopt;
  return has_word ? docx : xlsx;
}

}  // namespace

std::string_view extension(FileType type) { return facts(type).extension; }
std::string_view media_type(FileType type) { return facts(type).media_type; }
std::string_view describe(FileType type) { return facts(type).description; }
std::string_view to_string(FileType type) { return facts(type).name; }

std::optional<FileType> parse_file_type(std::string_view name) {
  for (const TypeFacts& f : kTypes) {
    if (f.name == name) return f.type;
  }
  return std::nullopt;
}

std::string allowed_extensions() {
  std::vector<std::string> names;
  for (const TypeFacts& f : kTypes) {
    names.emplace_back(f.name);
    if (f.name != f.extension) names.emplace_back(f.extension);
  }
  return join(names, ", ");
}

std::optional<FileType> type_of_name(std::string_view file_name) {
  auto dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::string ending = to_lower(file_name.substr(dot + 1));
  for (const TypeFacts& f : kTypes) {
    if (f.extension == ending || f.name == ending) return f.type;
  }
  return std::nullopt;
}

std::optional<FileType> type_of_content(BytesView content) {
  if (content.starts_with("PK\x03\x04")) return zip_type(content);
  for (FileType type : {png, jpeg, rtf, pdf, doc, txt}) {
    if (can_be(type, content)) return type;
  }
  return std::nullopt;
}

bool can_be(FileType type, BytesView content) {
  switch (type) {
    case csv:
    case json:
    case txt: return is_text(content);
    case doc: return is_word_97(content);
    case docx:
    case odt:
    case xlsx: return zip_type(content) == type;
    case jpeg: return content.starts_with(kJpegStart);
    case pdf: return content.substr(0, kPdfHeaderWithin).find("%PDF-") != BytesView::npos;
    case png: return content.starts_with(kPngStart);
    case rtf: return content.starts_with("{\\rtf");
  }
  return false;
}

}  // namespace postroom::documents
