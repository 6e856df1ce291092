// Varied: levels, fields and trace ids. Each line must be one JSON object with what was given and nothing more.
#include "base/log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <mutex>
#include <thread>

#include "base/json.h"
#include "base/time.h"

namespace postroom {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest() {
    set_log_sink([this](std::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override {
    set_log_sink(nullptr);
    set_log_level(level_);
  }
  json::object last() {
    EXPECT_FALSE(lines_.empty());
    EXPECT_EQ(lines_.back().find('\n'), lines_.back().size() - 1) << "one line, ended";
    auto parsed = parse_json(lines_.back());
    EXPECT_TRUE(parsed) << lines_.back();
    return parsed ? parsed->get_object() : json::object{};
  }

  LogLevel level_ = log_level();
  std::vector<std::string> lines_;
};

TEST_F(LogTest, LineHoldsTimeLevelEventAndTypedFields) {
  std::string text = "a\"b\nc";
  log_warning("deliver.late",
              {{"text", text}, {"count", 3u}, {"share", 0.5}, {"over", true}, {"bad", std::nan("")}});
  json::object line = last();
  EXPECT_TRUE(parse_rfc3339(get_string(line, "time").value_or("")));
  EXPECT_EQ(get_string(line, "level"), "warning");
  EXPECT_EQ(get_string(line, "event"), "deliver.late");
  EXPECT_EQ(get_string(line, "text"), text);
  EXPECT_EQ(get_int(line, "count"), 3);
  EXPECT_EQ(line.at("share").get_double(), 0.5);
  EXPECT_EQ(get_bool(line, "over"), true);
  EXPECT_TRUE(line.at("bad").is_null());
  EXPECT_EQ(line.size(), 8u);
}

TEST_F(LogTest, LinesBelowTheLevelAreDropped) {
  const LogLevel all[] = {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error};
  const char* names[] = {"debug", "info", "warning", "error"};
  for (std::size_t limit = 0; limit < 4; ++limit) {
    set_log_level(all[limit]);
    for (std::size_t level = 0; level < 4; ++level) {
      lines_.clear();
      log(all[level], "x");
      EXPECT_EQ(lines_.size(), level >= limit ? 1u : 0u) << names[limit] << names[level];
      if (!lines_.empty()) {
        EXPECT_EQ(get_string(last(), "level"), names[level]);
      }
    }
  }
}

TEST_F(LogTest, TraceIdsNestAndStayOnTheirThread) {
  EXPECT_EQ(LogTrace::current(), "");
  {
    LogTrace outer("one");
    {
      LogTrace inner("two");
      log_info("x");
      EXPECT_EQ(get_string(last(), "trace_id"), "two");
    }
    log_info("x");
    EXPECT_EQ(get_string(last(), "trace_id"), "one");
    std::thread([] { log_info("y"); }).join();
    EXPECT_FALSE(last().contains("trace_id"));
  }
  log_info("x");
  EXPECT_FALSE(last().contains("trace_id"));
}

TEST_F(LogTest, ThreadsDoNotMixLines) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 50; ++i) log_info("thread", {{"text", std::string(200, 'x')}});
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(lines_.size(), 200u);
  for (const std::string& line : lines_) EXPECT_TRUE(parse_json(line));
}

}  // namespace
}  // namespace postroom
