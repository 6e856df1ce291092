// What goes between the program and postroom-pdfscan: one line of JSON with lengths, then the bytes it counts.
// Both sides are built from this file; the version keeps programs of two releases apart.
#pragma once

#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/json.h"
#include "ports/pdf_scanner.h"

namespace postroom::pdfscan {

inline constexpr int kWireVersion = 1;
inline constexpr std::size_t kPdfBytesMax = 64U << 20;
inline constexpr std::size_t kHeadBytesMax = 64U << 10;
inline constexpr std::size_t kAnswerBytesMax = 256U << 20;
inline constexpr int kPagesMax = 1'000;                   // whose facts are answered
inline constexpr int kPageCountMax = 100'000;             // more pages are counted as this many
inline constexpr std::size_t kWordsMax = pdf::kWordsMax;  // of a page
inline constexpr std::size_t kBoxesMax = 100;
inline constexpr int kDpiMin = 36;
inline constexpr int kDpiMax = 300;

// Exit codes of the process. Any other end means that the file broke it.
inline constexpr int kExitAnswered = 0;
inline constexpr int kExitBadRequest = 5;  // it does not understand us: another release
inline constexpr int kExitNoSandbox = 6;   // the system refuses to lock it up; nothing was read
inline constexpr int kExitOutOfMemory = 7;

// How much the process may use; its first arguments.
struct Allowance {
  int cpu_seconds = 20;
  int memory_megabytes = 512;
};

using Work = std::variant<pdf::Look, ports::PdfRewrite, ports::PdfImageRequest, ports::PdfZoneTint>;

struct Request {
  Work work;
  Bytes pdf;  // of a PdfRewrite, its stamp comes after it
};

// The line of JSON; the PDF, then the stamp follow it.
std::string request_head(const Work& work, std::size_t pdf_bytes);
Result<Request> parse_request(BytesView bytes);

std::string answer(BytesView body);
std::string refusal(std::string_view reason);
// The body; invalid_input with the reason when the file was refused; internal when it is no answer.
Result<BytesView> parse_answer(BytesView bytes);

std::string write_facts(const pdf::Facts& facts);
// internal when it is not what write_facts() writes, or holds more than the limits above.
Result<pdf::Facts> parse_facts(BytesView text);

}  // namespace postroom::pdfscan
