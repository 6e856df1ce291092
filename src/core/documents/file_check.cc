#include "core/documents/file_check.h"

#include <fmt/format.h>

#include "base/text.h"

namespace postroom::documents {
namespace {

constexpr std::uint64_t kKibibyte = 1024;
constexpr std::uint64_t kMebibyte = 1024 * kKibibyte;

tl::unexpected<Error> refuse(std::string message) { return fail(ErrorKind::invalid_input, std::move(message)); }

Result<Bytes> decode(std::string_view base64, std::size_t bytes_max) {
  std::string joined;
  if (base64.find_first_of("\r\n") != std::string_view::npos) {
    joined = base64;
    std::erase_if(joined, [](char c) { return c == '\r' || c == '\n'; });
    base64 = joined;
  }
  // Before decoding: three bytes for each four characters, of which the last may be padding.
  if (base64.size() / 4 * 3 <= bytes_max + 2) {
    auto content = from_base64(base64);
    if (!content) return refuse("file is not base64, encode its bytes as RFC 4648 section 4 says, with padding");
    if (content->empty()) return refuse("file is empty, send at least one byte");
    if (content->size() <= bytes_max) return std::move(*content);
    return refuse(fmt::format("file has {} bytes, send at most {} ({})", content->size(), bytes_max,
                              readable_size(bytes_max)));
  }
  return refuse(fmt::format("file has more than {} bytes ({}), make it smaller or split it", bytes_max,
                            readable_size(bytes_max)));
}

// Marks that turn the direction of writing can make "fdp.exe" read as "exe.pdf".
bool changes_direction(char32_t c) {
  return (c >= U'\u202A' && c <= U'\u202E') || (c >= U'\u2066' && c <= U'\u2069') || c == U'\u200E' ||
         c == U'\u200F' || c == U'\u061C';
}

Result<void> check_name(std::string_view name) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < name.size(); ++characters) {
    char32_t c = next_code_point(name, i);
    if (c < U' ' || (c >= U'\u007F' && c <= U'\u009F') || c == U'/' || c == U'\\' || changes_direction(c) ||
        c == U'\u2028' || c == U'\u2029') {
      return refuse("filename must not have slashes, line breaks, control or direction characters, leave them out");
    }
  }
  if (characters > kFileNameCharactersMax) {
    return refuse(
        fmt::format("filename has {} characters, shorten it to at most {}", characters, kFileNameCharactersMax));
  }
  auto dot = name.rfind('.');
  if (dot == std::string_view::npos || trim(name.substr(0, dot)).empty()) {
    return refuse("filename needs a name, a dot and an extension, for example report.pdf");
  }
  return {};
}

Result<FileType> type_by_name(std::string_view name, BytesView content) {
  auto type = type_of_name(name);
  if (!type) {
    return refuse(fmt::format("filename ends in .{}, which cannot be sent, use one of {}",
                              name.substr(name.rfind('.') + 1), allowed_extensions()));
  }
  if (can_be(*type, content)) return *type;
  auto found = type_of_content(content);
  std::string looks_like = found ? fmt::format(" but of the type {}", extension(*found)) : std::string();
  return refuse(
      fmt::format("file is not of the type {} that its filename tells{}, correct the filename or send "
                  "the file unchanged",
                  extension(*type), looks_like));
}

}  // namespace

Result<AcceptedFile> check_file(const SentFile& file, std::size_t bytes_max) {
  POSTROOM_TRY(content, decode(file.content_base64, bytes_max));
  AcceptedFile accepted;
  if (file.file_name) {
    POSTROOM_CHECK(check_name(*file.file_name));
    POSTROOM_TRY(type, type_by_name(*file.file_name, content));
    accepted.type = type;
    accepted.file_name = std::string(*file.file_name);
  } else {
    auto type = type_of_content(content);
    if (!type) {
      return refuse(fmt::format("file is of a type that cannot be sent, use one of {}", allowed_extensions()));
    }
    accepted.type = *type == FileType::txt && file.is_csv ? FileType::csv : *type;
    accepted.file_name = fmt::format("document.{}", extension(accepted.type));
  }
  accepted.content = std::move(content);
  return accepted;
}

std::string readable_size(std::uint64_t bytes) {
  if (bytes < kKibibyte) return bytes == 1 ? "1 byte" : fmt::format("{} bytes", bytes);
  const bool is_mega = bytes >= kMebibyte - kKibibyte / 2;
  const std::uint64_t unit = is_mega ? kMebibyte : kKibibyte;
  const std::uint64_t tenths = (bytes * 10 + unit / 2) / unit;
  std::string number = tenths % 10 == 0 || !is_mega ? std::to_string((bytes + unit / 2) / unit)
                                                    : fmt::format("{}.{}", tenths / 10, tenths % 10);
  return number + (is_mega ? " MB" : " KB");
}

}  // namespace postroom::documents
