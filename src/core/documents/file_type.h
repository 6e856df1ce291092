// Kinds of files that may be sent by email. A name claims a kind by its extension; the content must bear it out, so
// that nobody gets a program that calls itself a PDF. Pure and thread-safe; time linear in the content's size.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace postroom::documents {

enum class FileType { csv, doc, docx, jpeg, json, odt, pdf, png, rtf, txt, xlsx };

// Without the dot, in lower case: "pdf"; "jpg" for jpeg.
std::string_view extension(FileType type);
// As registered with IANA: "application/pdf".
std::string_view media_type(FileType type);
// For people, to follow "file" or stand alone: "PDF", "Word document".
std::string_view describe(FileType type);
// By the wire name in stored details: "pdf".
std::string_view to_string(FileType type);
std::optional<FileType> parse_file_type(std::string_view name);
// Every extension that may be sent, for messages: "csv, doc, docx, …".
std::string allowed_extensions();

// By the letters after the last dot, in any case; "jpg" and "jpeg" are one. Nothing for others.
std::optional<FileType> type_of_name(std::string_view file_name);
// What the content alone says. Any text is txt: tables and JSON are known by their names only. Nothing for kinds
// that may not be sent.
std::optional<FileType> type_of_content(BytesView content);
// Whether the content can be of that type. csv, json and txt are any text: UTF-8, UTF-16 with its mark, or an 8-bit
// code, without control characters. doc, docx, odt and xlsx are looked into only as far as telling them apart
// needs.
bool can_be(FileType type, BytesView content);

}  // namespace postroom::documents
