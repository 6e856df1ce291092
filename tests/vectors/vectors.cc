#include "vectors.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "base/text.h"

namespace postroom::vectors {
namespace {

constexpr std::string_view kFolder = POSTROOM_SOURCE_DIR "/tests/data/";
// Of all files together.
constexpr std::size_t kRows = 2577;

json::value read_document(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  auto document = parse_json(text.str());
  return document ? *document : json::value();
}

struct Suite {
  json::value document;
  std::size_t run = 0;

  // Nothing when the file cannot be read.
  const json::array* rows() const {
    const json::object* object = document.if_object();
    const json::value* rows = object != nullptr ? object->if_contains("vectors") : nullptr;
    return rows != nullptr ? rows->if_array() : nullptr;
  }
};

// By name of the file. Rows stay where they are, because test cases point at them.
std::map<std::string, Suite>& suites() {
  static std::map<std::string, Suite> all;
  return all;
}

class RowCase : public testing::Test {
 public:
  RowCase(Suite& suite, RowCheck check, const json::value& row) : suite_(suite), check_(check), row_(row) {}

  void TestBody() override {
    SCOPED_TRACE(json::serialize(row_).substr(0, 1000));
    check_(row_.as_object());
    ++suite_.run;
  }

 private:
  Suite& suite_;
  RowCheck check_;
  const json::value& row_;
};

std::string case_name(std::size_t number, const json::value& row) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%03zu", number);
  std::string name = std::string("row") + digits;
  if (const json::object* object = row.if_object()) {
    for (char c : '_' + text_of(*object, "category")) name += is_ascii_alnum(c) ? c : '_';
  }
  return name;
}

class Counter : public testing::EmptyTestEventListener {
  void OnTestSuiteEnd(const testing::TestSuite& ended) override {
    auto suite = suites().find(ended.name());
    if (suite == suites().end() || suite->second.rows() == nullptr) return;
    std::printf("vectors %s.json: %d of %zu rows\n", ended.name(), ended.successful_test_count(),
                suite->second.rows()->size());
  }
};

// When all tests run, all rows must have been.
class Completeness : public testing::Environment {
  void TearDown() override {
    if (testing::GTEST_FLAG(filter) != "*" || testing::UnitTest::GetInstance()->test_to_run_count() <= 1) return;
    std::size_t rows = 0;
    for (const auto& [name, suite] : suites()) {
      EXPECT_NE(suite.rows(), nullptr) << name;
      if (suite.rows() == nullptr) continue;
      EXPECT_EQ(suite.run, suite.rows()->size()) << name << ".json has rows that were not run";
      rows += suite.run;
    }
    EXPECT_EQ(rows, kRows);
    std::printf("vectors: %zu of %zu rows\n", rows, kRows);
  }
};

void prepare_once() {
  static const bool prepared = [] {
    testing::UnitTest::GetInstance()->listeners().Append(new Counter);
    testing::AddGlobalTestEnvironment(new Completeness);
    return true;
  }();
  static_cast<void>(prepared);
}

TEST(VectorFiles, AllHaveASuite) {
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".json") continue;
    json::value document = read_document(entry.path());
    if (!document.is_object() || !document.get_object().contains("vectors")) continue;
    std::string name = entry.path().stem();
    EXPECT_TRUE(suites().contains(name)) << name;
    EXPECT_EQ(size_of(document.get_object(), "count"), document.at("vectors").as_array().size()) << name;
  }
}

}  // namespace

VectorFile::VectorFile(const char* name, RowCheck check) {
  prepare_once();
  Suite& suite = suites()[name];
  suite.document = read_document(std::string(kFolder) + name + ".json");
  const json::array* rows = suite.rows();
  for (std::size_t i = 0; rows != nullptr && i < rows->size(); ++i) {
    const json::value& row = (*rows)[i];
    testing::RegisterTest(
        name, case_name(i + 1, row).c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [&suite, check, &row]() -> RowCase* { return std::make_unique<RowCase>(suite, check, row).release(); });
  }
}

std::string text_of(const json::object& row, std::string_view key) {
  const json::value* value = row.if_contains(key);
  return value == nullptr || !value->is_string() ? std::string() : std::string(value->get_string());
}

bool flag_of(const json::object& row, std::string_view key) { return get_bool(row, key).value_or(false); }

std::size_t size_of(const json::object& row, std::string_view key) {
  return static_cast<std::size_t>(get_int(row, key).value_or(0));
}

std::vector<std::string> texts_of(const json::object& row, std::string_view key) {
  std::vector<std::string> texts;
  const json::value* value = row.if_contains(key);
  if (value == nullptr || !value->is_array()) return texts;
  for (const json::value& item : value->get_array()) {
    texts.emplace_back(item.is_string() ? std::string(item.get_string()) : std::string());
  }
  return texts;
}

}  // namespace postroom::vectors
