// In-memory storage and print house, and a whole set of ports with letters in it, for tests of flows.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>

#include "base/log.h"
#include "flows/print_run/letter_files.h"
#include "flows/print_run/print_run_ports.h"
#include "flows/print_run/settings.h"
#include "flows/print_run/testing.h"

namespace postroom::flows::print_test {

class FakeBlobStore final : public ports::BlobStore {
 public:
  Fault put_fault, get_fault;
  int lists = 0;  // calls of list()

  Result<void> put(ports::Bucket bucket, std::string_view key, BytesView content) override {
    const std::lock_guard lock(mutex_);
    if (put_fault.strikes()) return fail(put_fault.error);
    blobs_[{bucket, std::string(key)}] = Bytes(content);
    return {};
  }
  Result<Bytes> get(ports::Bucket bucket, std::string_view key) override {
    const std::lock_guard lock(mutex_);
    if (get_fault.strikes()) return fail(get_fault.error);
    auto found = blobs_.find({bucket, std::string(key)});
    if (found == blobs_.end()) return fail(ErrorKind::not_found, "no such blob");
    return found->second;
  }
  Result<ports::BlobInfo> stat(ports::Bucket bucket, std::string_view key) override {
    const std::lock_guard lock(mutex_);
    auto found = blobs_.find({bucket, std::string(key)});
    if (found == blobs_.end()) return fail(ErrorKind::not_found, "no such blob");
    return info(*found);
  }
  Result<void> list(ports::Bucket bucket, std::string_view prefix,
                    const std::function<void(const ports::BlobInfo&)>& visit) override {
    std::vector<ports::BlobInfo> found;
    {
      const std::lock_guard lock(mutex_);
      ++lists;
      for (auto blob = blobs_.lower_bound({bucket, std::string(prefix)}); blob != blobs_.end(); ++blob) {
        if (blob->first.first != bucket || !blob->first.second.starts_with(prefix)) break;
        found.push_back(info(*blob));
      }
    }
    for (const auto& one : found) visit(one);
    return {};
  }
  Result<void> remove(ports::Bucket bucket, std::string_view key) override {
    const std::lock_guard lock(mutex_);
    blobs_.erase({bucket, std::string(key)});
    return {};
  }
  // What stat() claims, for letters too large to hold here.
  std::map<std::string, std::uint64_t> claimed_sizes;

 private:
  using Key = std::pair<ports::Bucket, std::string>;
  ports::BlobInfo info(const std::pair<const Key, Bytes>& blob) const {
    const auto claimed = claimed_sizes.find(blob.first.second);
    return {blob.first.second, claimed == claimed_sizes.end() ? blob.second.size() : claimed->second, UtcTime{}};
  }
  std::map<Key, Bytes> blobs_;
  std::mutex mutex_;
};

// What one upload does instead of succeeding.
enum class UploadFault {
  nothing_arrives,        // an error, and no file
  half_arrives,           // an error, and a file of another size
  error_after_all_of_it,  // an error, although the file is complete
};

class FakePrintDrop final : public ports::PrintDrop {
 public:
  std::map<std::string, std::vector<UploadFault>> faults;  // by name; the first is taken by the next upload
  std::map<std::string, int> uploads;                      // attempts, by name
  std::map<std::string, int> fetches;
  Fault list_fault, stat_fault, fetch_fault;
  std::map<std::pair<std::string, std::string>, Bytes> files;  // folder, name

  std::string description() const override { return "a print house in memory"; }
  Result<void> upload(std::string_view folder, std::string_view name, const std::string& local_path,
                      const std::function<bool(std::uint64_t)>& progress) override {
    ++uploads[std::string(name)];
    std::ifstream in(local_path, std::ios::binary);
    const Bytes content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!progress(content.size() / 2)) return fail(ErrorKind::retry_later, "given up");
    auto& next = faults[std::string(name)];
    if (next.empty()) {
      files[{std::string(folder), std::string(name)}] = content;
      return {};
    }
    const UploadFault fault = next.front();
    next.erase(next.begin());
    if (fault == UploadFault::half_arrives)
      files[{std::string(folder), std::string(name)}] = content.substr(0, content.size() / 2);
    if (fault == UploadFault::error_after_all_of_it) files[{std::string(folder), std::string(name)}] = content;
    return fail(ErrorKind::retry_later, "connection lost");
  }
  Result<ports::RemoteFile> stat(std::string_view folder, std::string_view name) override {
    if (stat_fault.strikes()) return fail(stat_fault.error);
    auto found = files.find({std::string(folder), std::string(name)});
    if (found == files.end()) return fail(ErrorKind::not_found, "no such file");
    return ports::RemoteFile{std::string(name), found->second.size(), UtcTime{}};
  }
  Result<std::vector<ports::RemoteFile>> list(std::string_view folder) override {
    if (list_fault.strikes()) return fail(list_fault.error);
    std::vector<ports::RemoteFile> out;
    for (const auto& [key, content] : files)
      if (key.first == folder) out.push_back({key.second, content.size(), UtcTime{}});
    return out;
  }
  Result<Bytes> fetch(std::string_view folder, std::string_view name, std::uint64_t bytes_max) override {
    ++fetches[std::string(name)];
    if (fetch_fault.strikes()) return fail(fetch_fault.error);
    auto found = files.find({std::string(folder), std::string(name)});
    if (found == files.end()) return fail(ErrorKind::not_found, "no such file");
    if (found->second.size() > bytes_max) return fail(ErrorKind::rejected, "the file is too large");
    return found->second;
  }
};

// "name:size\n" and the content of each entry: enough to see what went in, and in which order.
class FakeZipWriter final : public ports::ZipWriter {
 public:
  explicit FakeZipWriter(const std::string& path) : out_(path, std::ios::binary | std::ios::trunc) {}
  Result<void> add(std::string_view name, BytesView content) override {
    if (!names_.insert(std::string(name)).second) return fail(ErrorKind::invalid_input, "added before");
    const std::string entry = fmt::format("{}:{}\n{}", name, content.size(), content);
    out_ << entry;
    size_ += entry.size();
    return {};
  }
  Result<std::uint64_t> finish() override {
    out_.close();
    return size_;
  }
  std::uint64_t size() const override { return size_; }

 private:
  std::ofstream out_;
  std::set<std::string> names_;
  std::uint64_t size_ = 0;
};

// Lines logged while it lives.
class LogCapture {
 public:
  LogCapture() {
    set_log_sink([this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      text_ += line;
    });
  }
  ~LogCapture() { set_log_sink(nullptr); }
  bool has(std::string_view text) const { return text_.find(text) != std::string::npos; }
  int count(std::string_view text) const {
    int n = 0;
    for (std::size_t at = text_.find(text); at != std::string::npos; at = text_.find(text, at + 1)) ++n;
    return n;
  }
  const std::string& text() const { return text_; }
  void clear() { text_.clear(); }

 private:
  std::mutex mutex_;
  std::string text_;
};

// All ports of the print run in memory, at 17:50 local of a winter's day.
struct FakeHouse {
  MovableClock clock{parse_rfc3339("2026-01-14T17:50:00Z").value()};
  SeededRandom random{42};
  SystemRandom system_random;
  TimeZone zone = TimeZone::load("Europe/London").value();
  FakeNotificationStore notifications;
  FakeTaskQueue tasks;
  FakeLetterStore letters{notifications, tasks};
  FakeBlobStore blobs;
  FakeLeaseStore leases;
  FakePrintDrop print_house;
  LogCapture logs;
  std::string temp_folder =
      std::filesystem::temp_directory_path() / fmt::format("postroom-test-{}", Uuid::random(system_random).text());

  FakeHouse() { std::filesystem::create_directories(temp_folder); }
  ~FakeHouse() { std::filesystem::remove_all(temp_folder); }

  PrintRunPorts ports() {
    return {notifications,
            letters,
            blobs,
            tasks,
            leases,
            print_house,
            [](const std::string& path) -> Result<std::unique_ptr<ports::ZipWriter>> {
              return std::make_unique<FakeZipWriter>(path);
            },
            clock,
            random,
            zone};
  }
  PrintRunOptions options() {
    PrintRunOptions options;
    options.temp_folder = temp_folder;
    return options;
  }
  UtcTime deadline() { return letters::print_deadline(zone.local_date(clock.now()), {.zone = zone}); }
  // 16 characters, in the order made.
  static std::string reference(int number) { return fmt::format("REF{:013}", number); }
  static ServiceId service(int number) {
    return *ServiceId::parse(fmt::format("00000000-0000-4000-8000-{:012}", number));
  }

  // A letter of this afternoon, without a PDF.
  Notification letter(int number) {
    Notification n;
    n.id = *NotificationId::parse(fmt::format("00000000-0000-7000-8000-{:012}", number));
    n.service_id = service(1);
    n.type = notifications::NotificationType::letter;
    n.reference = reference(number);
    n.postage = notifications::Postage::second;
    n.billable_units = 1;
    n.created_at = parse_rfc3339("2026-01-14T12:00:00Z").value() + std::chrono::milliseconds{number};
    return n;
  }
  // Stores the letter and a PDF of `bytes` bytes.
  Notification& add(const Notification& n, std::size_t bytes = 10) {
    LetterFiles files(blobs, {.zone = zone});
    files.store(n, std::string(bytes, 'x')).value();
    return notifications.put(n);
  }
  void add_letters(int first, int count) {
    for (int i = first; i < first + count; ++i) add(letter(i));
  }
  NotificationStatus status(int number) { return notifications.at(reference(number)).status; }
  int count(NotificationStatus wanted) {
    int n = 0;
    for (const auto& [id, row] : notifications.rows()) n += row.status == wanted ? 1 : 0;
    return n;
  }
  // Temporary files left behind.
  int leftovers() {
    int n = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(temp_folder)) ++n;
    return n;
  }
};

}  // namespace postroom::flows::print_test
