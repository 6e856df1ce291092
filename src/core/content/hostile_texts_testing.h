// Texts that make careless parsers slow: for tests and the benchmark.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::content {

struct HostileText {
  std::string name;
  std::string text;
};

// Each of about `bytes` bytes. Runs of one piece, and pairs that looked worst of all pairs of special characters.
inline std::vector<HostileText> hostile_texts(std::size_t bytes) {
  auto repeated = [](std::string_view piece, std::size_t size) {
    std::string text;
    text.reserve(size + piece.size());
    while (text.size() < size) text += piece;
    return text;
  };
  std::vector<HostileText> texts = {
      {"one unclosed placeholder", "((" + std::string(bytes, 'a')},
      {"blanks inside a line", "a" + std::string(bytes, ' ') + "b"},
      {"opening and closing brackets", std::string(bytes / 2, '[') + std::string(bytes / 2, ']')},
      {"links in links", repeated("[", bytes / 5) + "x" + repeated("](u)", bytes * 4 / 5)},
      {"an unclosed title", repeated("[a](b \"", bytes) + ")"},
      {"definitions and brackets", repeated("[x]: y\n", bytes / 2) + std::string(bytes / 2, '[')},
  };
  constexpr std::string_view kPieces[] = {" ",
                                          "\t",
                                          "\n",
                                          " \n",
                                          "*",
                                          "* ",
                                          "*\n",
                                          "\n*",
                                          "^ ",
                                          "^ a\n",
                                          "> ",
                                          "- ",
                                          "-",
                                          "\n-",
                                          "1. ",
                                          "\n1.",
                                          "•",
                                          "#",
                                          "\n#",
                                          "((",
                                          "))",
                                          "(",
                                          "((a))",
                                          "((a??b))",
                                          "[",
                                          "]",
                                          "[a](",
                                          "[a](b)",
                                          "![",
                                          "[a\n",
                                          "[^a\n",
                                          "[^a]: ",
                                          "[x]: y\n",
                                          "<",
                                          "<b>",
                                          "<!--",
                                          "<div>\n",
                                          "<a b=\"",
                                          "&",
                                          "&amp;",
                                          "\"",
                                          "'",
                                          "\"'",
                                          "'80s",
                                          "`",
                                          "```\n",
                                          "```a b\n",
                                          "~~~~\n",
                                          "~",
                                          "|",
                                          "|a|\n",
                                          "\\",
                                          "\\\"",
                                          "_",
                                          "http://",
                                          "https://e.org/",
                                          "qr:",
                                          "gov.uk ",
                                          "a@b ",
                                          "a.bc/",
                                          ",",
                                          ".",
                                          " ,",
                                          " - ",
                                          "--",
                                          "é",
                                          "🙂",
                                          "\u200b",
                                          "\u00a0",
                                          "* a\n",
                                          "* a\n\n",
                                          "* a\n  b\n",
                                          "1. a\n  2. b\n",
                                          "a\n-\n",
                                          "    a\n",
                                          "-->\n*",
                                          "* a\n\n--",
                                          "-->\n-",
                                          "--* a\n",
                                          "\n#\"",
                                          "a\n-\n\"",
                                          "* \n*",
                                          "--\n \n",
                                          ",((a))",
                                          "\t* a\n  b\n"};
  for (std::string_view piece : kPieces)
    texts.push_back({std::string(piece) + " repeated", repeated(piece, bytes)});
  return texts;
}

}  // namespace postroom::content
