#include "fakes/sandbox_outbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "base/text.h"

namespace postroom::fakes {
namespace {

std::string key_of(const SandboxMessage& message) { return message.type + ":" + message.notification_id; }

std::string read_all(int file) {
  std::string out;
  char buffer[64 * 1024];
  ::lseek(file, 0, SEEK_SET);
  while (true) {
    ssize_t count = ::read(file, buffer, sizeof buffer);
    if (count <= 0) break;
    out.append(buffer, static_cast<std::size_t>(count));
  }
  return out;
}

SandboxMessage message_from_json(const json::object& o) {
  auto text = [&](std::string_view key) { return get_string(o, key).value_or(""); };
  SandboxMessage m;
  m.id = text("id");
  m.notification_id = text("notification_id");
  m.type = text("type");
  m.to = text("to");
  m.subject = text("subject");
  m.body = text("body");
  m.html = text("html");
  m.list_unsubscribe_url = text("list_unsubscribe_url");
  m.provider = text("provider");
  m.time = parse_rfc3339(text("time")).value_or(UtcTime{});
  m.file_names = get_strings(o, "file_names");
  m.page_count = static_cast<int>(get_int(o, "page_count").value_or(0));
  m.zip_name = text("zip_name");
  return m;
}

}  // namespace

json::object to_json(const SandboxMessage& m) {
  json::object out{{"id", m.id},
                   {"notification_id", m.notification_id},
                   {"type", m.type},
                   {"to", m.to},
                   {"subject", m.subject},
                   {"body", m.body},
                   {"html", m.html},
                   {"provider", m.provider},
                   {"time", format_rfc3339(m.time)},
                   {"attempts", m.attempts}};
  if (m.type == "email") {
    out["list_unsubscribe_url"] =
        m.list_unsubscribe_url.empty() ? json::value(nullptr) : json::value(m.list_unsubscribe_url);
  }
  if (m.type == "letter") {
    json::array names;
    for (const std::string& name : m.file_names) names.emplace_back(name);
    out["file_names"] = names;
    out["page_count"] = m.page_count;
    out["zip_name"] = m.zip_name.empty() ? json::value(nullptr) : json::value(m.zip_name);
  }
  return out;
}

Result<std::unique_ptr<SandboxOutbox>> SandboxOutbox::open(std::string path) {
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(ErrorKind::retry_later,
                fmt::format("the sandbox's outbox {} cannot be opened: {}", path, std::strerror(errno)));
  }
  std::unique_ptr<SandboxOutbox> outbox(new SandboxOutbox(std::move(path), file));
  std::string lines = read_all(file);
  outbox->load(lines);
  // Behind a line that was cut short the next one would be lost too.
  if (!lines.empty() && lines.back() != '\n' && ::write(file, "\n", 1) != 1) {
    return fail(ErrorKind::retry_later,
                fmt::format("the sandbox's outbox {} cannot be written: {}", outbox->path_, std::strerror(errno)));
  }
  return outbox;
}

SandboxOutbox::~SandboxOutbox() { ::close(file_); }

void SandboxOutbox::load(std::string_view lines) {
  for (const std::string& line : split(lines, '\n')) {
    // The last line may be cut short when the process was killed while writing it; its sender will try again.
    auto parsed = parse_json(line);
    if (parsed && parsed->is_object()) apply(parsed->get_object());
  }
}

void SandboxOutbox::apply(const json::object& line) {
  std::string change = get_string(line, "change").value_or("");
  if (change.empty()) {
    SandboxMessage message = message_from_json(line);
    auto number = parse_int<std::uint64_t>(message.id.substr(std::min<std::size_t>(8, message.id.size())));
    if (number) next_number_ = std::max(next_number_, *number + 1);
    add(std::move(message));
    return;
  }
  auto known = by_notification_.find(get_string(line, "key").value_or(""));
  if (known == by_notification_.end() || known->second < first_index_) return;
  SandboxMessage& message = messages_[known->second - first_index_];
  if (change == "attempt") {
    ++message.attempts;
  } else if (change == "zip") {
    message.zip_name = get_string(line, "zip_name").value_or("");
    message.file_names = {get_string(line, "file_name").value_or("")};
  }
}

void SandboxOutbox::add(SandboxMessage message) {
  if (!message.notification_id.empty()) by_notification_[key_of(message)] = first_index_ + messages_.size();
  messages_.push_back(std::move(message));
  while (messages_.size() > kMessagesMax) {
    by_notification_.erase(key_of(messages_.front()));
    messages_.pop_front();
    ++first_index_;
  }
}

void SandboxOutbox::append_line(const json::object& line) {
  std::string text = write_json(line) + "\n";
  // O_APPEND and one call: lines of several writers do not mix.
  if (::write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    log_warning("sandbox.outbox_not_written", {{"error", std::strerror(errno)}});
  }
}

std::string SandboxOutbox::record(SandboxMessage message) {
  std::lock_guard lock(mutex_);
  if (!message.notification_id.empty()) {
    auto known = by_notification_.find(key_of(message));
    if (known != by_notification_.end() && known->second >= first_index_) {
      SandboxMessage& earlier = messages_[known->second - first_index_];
      ++earlier.attempts;
      append_line({{"change", "attempt"}, {"key", key_of(message)}});
      return earlier.id;
    }
  }
  message.id = fmt::format("sandbox-{}", next_number_++);
  append_line(to_json(message));
  std::string id = message.id;
  add(std::move(message));
  return id;
}

void SandboxOutbox::set_zip(std::string_view notification_id, std::string_view zip_name,
                            std::string_view file_name) {
  std::lock_guard lock(mutex_);
  json::object line{{"change", "zip"},
                    {"key", "letter:" + std::string(notification_id)},
                    {"zip_name", zip_name},
                    {"file_name", file_name}};
  append_line(line);
  apply(line);
}

std::vector<SandboxMessage> SandboxOutbox::messages(const SandboxFilter& filter) const {
  std::lock_guard lock(mutex_);
  std::vector<SandboxMessage> out;
  for (auto message = messages_.rbegin(); message != messages_.rend() && out.size() < filter.limit; ++message) {
    if (!filter.type.empty() && message->type != filter.type) continue;
    if (!filter.to.empty() && message->to != filter.to) continue;
    if (filter.since && message->time < *filter.since) continue;
    out.push_back(*message);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::optional<SandboxMessage> SandboxOutbox::find(std::string_view id) const {
  std::lock_guard lock(mutex_);
  for (const SandboxMessage& message : messages_) {
    if (message.id == id) return message;
  }
  return std::nullopt;
}

void SandboxOutbox::clear() {
  std::lock_guard lock(mutex_);
  messages_.clear();
  by_notification_.clear();
  first_index_ = 0;
  if (::ftruncate(file_, 0) != 0) log_warning("sandbox.outbox_not_cleared", {{"error", std::strerror(errno)}});
}

}  // namespace postroom::fakes
