#include "core/recipients/vectors_test.h"

#include <fstream>
#include <sstream>

namespace postroom::recipients {

std::string read_source_file(const std::string& path) {
  std::ifstream in(std::string(POSTROOM_SOURCE_DIR "/") + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

json::array read_vectors(const std::string& file) {
  auto document = parse_json(read_source_file("tests/data/" + file));
  return document ? document->as_object()["vectors"].as_array() : json::array{};
}

}  // namespace postroom::recipients
