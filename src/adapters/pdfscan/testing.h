// PDFs made by tests, object by object, and the program that reads them.
#pragma once

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "adapters/pdfscan/pdf_scan_child.h"

namespace postroom::pdfscan::testing {

inline std::string made_stream(const std::string& entries, const std::string& data) {
  return "<<" + entries + "/Length " + std::to_string(data.size()) + ">>\nstream\n" + data + "\nendstream";
}

// Object n stands at n - 1; the first is the catalog.
inline Bytes made_pdf(const std::vector<std::string>& objects, const std::string& trailer = "") {
  Bytes out = "%PDF-1.7\n";
  std::vector<std::size_t> offsets;
  for (const auto& object : objects) {
    offsets.push_back(out.size());
    out += std::to_string(offsets.size()) + " 0 obj\n" + object + "\nendobj\n";
  }
  std::size_t table = out.size();
  out += "xref\n0 " + std::to_string(objects.size() + 1) + "\n0000000000 65535 f \n";
  for (std::size_t offset : offsets) out += fmt::format("{:010} 00000 n \n", offset);
  return out + "trailer\n<</Size " + std::to_string(objects.size() + 1) + "/Root 1 0 R" + trailer +
         ">>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
}

inline constexpr const char* kA4 = "/MediaBox[0 0 595.276 841.89]";
inline constexpr const char* kHelvetica = "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>";

struct OnePage {
  std::string content;
  std::string resources = kHelvetica;
  std::string box = kA4;
  std::string page = {};               // more entries of the page
  std::string catalog = {};            // more entries of the catalog
  std::vector<std::string> more = {};  // objects from 5 on
};

inline Bytes made(const OnePage& one) {
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R" + one.catalog + ">>",
                                   "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                   "<</Type/Page/Parent 2 0 R" + one.box + "/Resources<<" + one.resources +
                                       ">>/Contents 4 0 R" + one.page + ">>",
                                   made_stream("", one.content)};
  objects.insert(objects.end(), one.more.begin(), one.more.end());
  return made_pdf(objects);
}

// Pages with these contents, A4 in Helvetica.
inline Bytes made_pages(const std::vector<std::string>& contents) {
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R>>", ""};
  std::string kids;
  for (const auto& content : contents) {
    std::string number = std::to_string(objects.size() + 1);
    kids += number + " 0 R ";
    objects.push_back(std::string("<</Type/Page/Parent 2 0 R") + kA4 + "/Resources<<" + kHelvetica +
                      ">>/Contents " + std::to_string(objects.size() + 2) + " 0 R>>");
    objects.push_back(made_stream("", content));
  }
  objects[1] = "<</Type/Pages/Kids[" + kids + "]/Count " + std::to_string(contents.size()) + ">>";
  return made_pdf(objects);
}

// Text whose base line begins at this place, in millimetres from the top left corner of an A4 page.
inline std::string text_at(double left, double top, const std::string& text, double size = 10) {
  return fmt::format("BT /F1 {} Tf {:.3f} {:.3f} Td ({}) Tj ET\n", size, left * 72 / 25.4, 841.89 - top * 72 / 25.4,
                     text);
}

inline std::string box_at(double left, double top, double right, double bottom) {
  constexpr double kPoints = 72 / 25.4;
  return fmt::format("{:.3f} {:.3f} {:.3f} {:.3f} re f\n", left * kPoints, 841.89 - bottom * kPoints,
                     (right - left) * kPoints, (bottom - top) * kPoints);
}

inline Bytes deflated(BytesView data) {
  uLongf size = ::compressBound(static_cast<uLong>(data.size()));
  Bytes out(size, '\0');
  ::compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
              static_cast<uLong>(data.size()), 9);
  out.resize(size);
  return out;
}

inline Bytes inflated(BytesView data, std::size_t size) {
  Bytes out(size, '\0');
  uLongf got = static_cast<uLongf>(size);
  ::uncompress(reinterpret_cast<Bytef*>(out.data()), &got, reinterpret_cast<const Bytef*>(data.data()),
               static_cast<uLong>(data.size()));
  out.resize(got);
  return out;
}

// A PNG as postroom-pdfscan writes it: eight bits, no row filters.
struct Pixels {
  int width = 0;
  int height = 0;
  int channels = 0;
  Bytes rows;

  // Red, green and blue of the pixel at this place in millimetres.
  std::array<int, 3> at(double left, double top, int dpi) const {
    auto x = static_cast<std::size_t>(left / 25.4 * dpi);
    auto y = static_cast<std::size_t>(top / 25.4 * dpi);
    auto wide = static_cast<std::size_t>(channels);
    std::size_t start = y * (static_cast<std::size_t>(width) * wide + 1) + 1 + x * wide;
    auto sample = [&](std::size_t i) { return static_cast<int>(static_cast<unsigned char>(rows.at(start + i))); };
    if (channels == 1) return {sample(0), sample(0), sample(0)};
    return {sample(0), sample(1), sample(2)};
  }
};

inline Pixels pixels_of(BytesView png) {
  auto number = [&](std::size_t at) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(png.at(at + i));
    return out;
  };
  Pixels out{static_cast<int>(number(16)), static_cast<int>(number(20)), png.at(25) == 2 ? 3 : 1, {}};
  std::size_t data = png.find("IDAT");
  out.rows =
      inflated(png.substr(data + 4, number(data - 4)),
               static_cast<std::size_t>(out.height) * static_cast<std::size_t>(out.width * out.channels + 1));
  return out;
}

// The program of this build; tests stand in a folder beside it.
inline std::string scan_program() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "postroom-pdfscan")
      .string();
}

inline PdfScanChild scanner(Allowance allowance = {}) {
  return PdfScanChild({.program = scan_program(), .allowance = allowance});
}

// What postroom-pdfscan --self-test and programs of the system say about a file.
inline std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return out;
  char block[4096];
  for (std::size_t count = 0; (count = std::fread(block, 1, sizeof block, pipe)) > 0;) out.append(block, count);
  ::pclose(pipe);
  return out;
}

class TemporaryFile {
 public:
  explicit TemporaryFile(BytesView bytes = {}) {
    std::string pattern = std::filesystem::temp_directory_path() / "postroom-pdf-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    std::ofstream(path(), std::ios::binary) << bytes;
  }
  ~TemporaryFile() { std::filesystem::remove_all(folder_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::string path() const { return folder_ + "/file"; }
  Bytes read() const {
    std::ifstream in(path(), std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), {});
  }

 private:
  std::string folder_;
};

// The PDF with its streams unpacked, for looking for words in it.
inline std::string unpacked(BytesView pdf) {
  TemporaryFile file(pdf);
  return output_of("qpdf --stream-data=uncompress --object-streams=disable --qdf --no-original-object-ids " +
                   file.path() + " - 2>/dev/null");
}

inline std::string text_of(BytesView pdf) {
  TemporaryFile file(pdf);
  return output_of("pdftotext -layout " + file.path() + " - 2>/dev/null");
}

}  // namespace postroom::pdfscan::testing
