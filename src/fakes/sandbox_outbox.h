// Everything the sandbox providers were given, for people and tests to look at. Kept in a JSON-lines file, so
// that a killed process forgets nothing that a provider has taken.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::fakes {

struct SandboxMessage {
  std::string id;               // the sandbox's own, "sandbox-1" and up
  std::string notification_id;  // empty for messages that are no notification
  std::string type;             // "email", "sms", "letter"
  std::string to;               // letters: address lines joined by \n
  std::string subject;
  std::string body;
  std::string html;
  std::string list_unsubscribe_url;  // emails: as in the header of that name; empty: no such header
  std::string provider;
  UtcTime time;
  int attempts = 1;  // how often a provider was handed it; more than 1 means that a retry was recognised
  // Letters only.
  std::vector<std::string> file_names;
  int page_count = 0;
  std::string zip_name;  // empty until its zip was uploaded
};

json::object to_json(const SandboxMessage& message);

struct SandboxFilter {
  std::string type;  // empty: all
  std::string to;    // empty: all; else exact
  std::optional<UtcTime> since;
  std::size_t limit = 100'000;  // the newest ones
};

// Safe from several threads.
class SandboxOutbox {
 public:
  // Messages kept; older ones are forgotten.
  static constexpr std::size_t kMessagesMax = 100'000;

  // Reads what an earlier process left in `path`. retry_later when the file cannot be opened.
  static Result<std::unique_ptr<SandboxOutbox>> open(std::string path);
  ~SandboxOutbox();

  // A provider that takes a reference once: a second hand-over of the same notification by the same channel
  // only counts an attempt. Returns the sandbox's id of the message.
  std::string record(SandboxMessage message);
  // Says in which zip a letter left; unknown letters are ignored.
  void set_zip(std::string_view notification_id, std::string_view zip_name, std::string_view file_name);
  std::vector<SandboxMessage> messages(const SandboxFilter& filter = {}) const;  // newest last
  std::optional<SandboxMessage> find(std::string_view id) const;
  void clear();

 private:
  SandboxOutbox(std::string path, int file) : path_(std::move(path)), file_(file) {}
  void load(std::string_view lines);
  void append_line(const json::object& line);
  void apply(const json::object& line);
  void add(SandboxMessage message);

  std::string path_;
  int file_;
  mutable std::mutex mutex_;
  std::deque<SandboxMessage> messages_;
  std::uint64_t first_index_ = 0;  // index of messages_.front() since the start
  std::uint64_t next_number_ = 1;
  std::unordered_map<std::string, std::uint64_t> by_notification_;  // to index
};

}  // namespace postroom::fakes
