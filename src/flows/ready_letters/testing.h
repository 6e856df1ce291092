// Letters that come as PDF over stores in memory, for tests.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "flows/ready_letters/letter_filing.h"
#include "flows/ready_letters/letter_rescan.h"
#include "flows/ready_letters/letter_scan.h"
#include "ports/testing_care.h"

namespace postroom::flows::testing {

class ScriptedScanner final : public ports::VirusScanner {
 public:
  Result<ports::ScanReport> report = ports::ScanReport(ports::ScanVerdict::clean);
  Result<ports::ScanReport> scan(BytesView) override { return report; }
  Result<void> ping() override { return {}; }
};

// Sees in every file what it is told to; what it rewrites shows the address and the tag.
class ScriptedPdf final : public ports::PdfScanner {
 public:
  int pages = 1;
  std::vector<std::string> address{"Ada Reader", "7 Mill Lane", "SW1A 1AA"};
  bool tagged = true;
  Bytes rewritten = "%PDF made fit";
  std::function<void()> on_rewrite;
  std::vector<int> pages_with_ink_outside;
  std::optional<Error> error;
  std::vector<ports::PdfImageRequest> images;
  std::vector<ports::PdfZoneTint> tints;

  Result<pdf::Facts> look(BytesView, const pdf::Look& look) override {
    if (error) return fail(*error);
    pdf::Facts facts;
    facts.page_count = pages;
    if (pages > look.pages_max) return facts;
    for (int number = 1; number <= pages; ++number) {
      pdf::Page page{.width = 210, .height = 297, .rotation = 0, .words = {}, .ink_outside = false};
      page.ink_outside = std::count(pages_with_ink_outside.begin(), pages_with_ink_outside.end(), number) > 0;
      if (number == 1) add_first_words(page);
      facts.pages.push_back(std::move(page));
    }
    return facts;
  }
  Result<Bytes> rewrite(BytesView, const ports::PdfRewrite&) override {
    if (error) return fail(*error);
    if (on_rewrite) on_rewrite();
    return rewritten;
  }
  Result<Bytes> page_image(BytesView, const ports::PdfImageRequest& request) override {
    if (request.page > pages) return fail(ErrorKind::invalid_input, "there is no such page");
    images.push_back(request);
    return "PNG " + std::to_string(request.page);
  }
  Result<Bytes> tint(BytesView, const ports::PdfZoneTint& zones) override {
    tints.push_back(zones);
    return Bytes("%PDF tinted");
  }

 private:
  void add_first_words(pdf::Page& page) const {
    // The tag, and one word for each word of the address.
    if (tagged) page.words.push_back({"NOTIFY", {1.8, 1.8, 8, 4}, 0, 0});
    double top = 42;
    for (std::size_t line = 0; line < address.size(); ++line, top += 3) {
      double left = 25;
      std::string_view rest = address[line];
      while (!rest.empty()) {
        const auto blank = rest.find(' ');
        page.words.push_back(
            {std::string(rest.substr(0, blank)), {left, top, left + 8, top + 2.5}, 1, static_cast<int>(line)});
        left += 10;
        rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
      }
    }
  }
};

class PlainStamper final : public ports::LetterStamper {
 public:
  Result<Bytes> stamp(const ports::LetterStamp&) override { return Bytes("%PDF stamp"); }
};

// Lets so many calls pass, then none: a process that ends.
class Cut {
 public:
  void allow(int calls) { left_ = calls, limited_ = true; }
  void heal() { limited_ = false; }
  int calls() const { return calls_; }
  Result<void> pass() {
    ++calls_;
    if (!limited_ || left_-- > 0) return {};
    return fail(ErrorKind::retry_later, "the process has ended");
  }

 private:
  int left_ = 0, calls_ = 0;
  bool limited_ = false;
};

class CutBlobStore final : public ports::BlobStore {
 public:
  CutBlobStore(ports::BlobStore& real, Cut& cut) : real_(real), cut_(cut) {}
  Result<void> put(ports::Bucket bucket, std::string_view key, BytesView content) override {
    POSTROOM_CHECK(cut_.pass());
    return real_.put(bucket, key, content);
  }
  Result<Bytes> get(ports::Bucket bucket, std::string_view key) override { return real_.get(bucket, key); }
  Result<ports::BlobInfo> stat(ports::Bucket bucket, std::string_view key) override {
    return real_.stat(bucket, key);
  }
  Result<void> list(ports::Bucket bucket, std::string_view prefix,
                    const std::function<void(const ports::BlobInfo&)>& visit) override {
    return real_.list(bucket, prefix, visit);
  }
  Result<void> remove(ports::Bucket bucket, std::string_view key) override {
    POSTROOM_CHECK(cut_.pass());
    return real_.remove(bucket, key);
  }

 private:
  ports::BlobStore& real_;
  Cut& cut_;
};

// The row's changes, cut like the files'.
class CutNotificationStore final : public ports::NotificationStore {
 public:
  CutNotificationStore(ports::NotificationStore& real, Cut& cut) : real_(real), cut_(cut) {}
  Result<void> accept(const ports::Acceptance& a) override { return real_.accept(a); }
  Result<std::vector<bool>> accept_all(std::span<const ports::Acceptance> a) override {
    return real_.accept_all(a);
  }
  Result<notifications::Notification> find(NotificationId id) override { return real_.find(id); }
  Result<std::vector<notifications::Notification>> find_all(std::span<const NotificationId> ids) override {
    return real_.find_all(ids);
  }
  Result<std::vector<notifications::Notification>> find_by_references(std::span<const std::string> all) override {
    return real_.find_by_references(all);
  }
  Result<std::vector<notifications::Notification>> list(const ports::NotificationQuery& q) override {
    return real_.list(q);
  }
  Result<std::map<notifications::NotificationStatus, std::int64_t>> count_by_status(
      const ports::NotificationQuery& q) override {
    return real_.count_by_status(q);
  }
  Result<bool> move(const ports::StatusMove& m) override {
    POSTROOM_CHECK(cut_.pass());
    return real_.move(m);
  }
  Result<std::vector<bool>> move_all(std::span<const ports::StatusMove> m) override { return real_.move_all(m); }
  Result<void> update(const ports::NotificationUpdate& u) override { return real_.update(u); }
  Result<void> add_event(NotificationId id, const notifications::NotificationEvent& e) override {
    POSTROOM_CHECK(cut_.pass());
    return real_.add_event(id, e);
  }
  Result<std::vector<notifications::NotificationEvent>> events(NotificationId id) override {
    return real_.events(id);
  }

 private:
  ports::NotificationStore& real_;
  Cut& cut_;
};

struct ReadyLetterWorld {
  static constexpr std::string_view kPdf = "%PDF as it came";

  ReadyLetterWorld() {
    service.id = ServiceId{Uuid::random(random)};
    service.permissions.insert(accounts::Permission::letter);
    (void)services.create(service);
  }

  void set_international(bool allowed) {
    if (allowed)
      service.permissions.insert(accounts::Permission::international_letters);
    else
      service.permissions.erase(accounts::Permission::international_letters);
    (void)services.update(service);
  }
  // A letter that waits for its checks, with its file.
  notifications::Notification put(const std::function<void(notifications::Notification&)>& change = {}) {
    notifications::Notification n;
    n.id = NotificationId{Uuid::random(random)};
    n.service_id = service.id;
    n.type = notifications::NotificationType::letter;
    n.status = notifications::NotificationStatus::pending_virus_check;
    n.reference = letters::make_reference(random);
    n.postage = notifications::Postage::second;
    n.to = "Provided as PDF";
    n.created_at = clock.now();
    if (change) change(n);
    notifications.put(n);
    (void)memory_blobs.put(ports::Bucket::letters_scan,
                           letters::pdf_file_name(n.reference, *n.postage, n.created_at), kPdf);
    return n;
  }
  // "bucket/key" of every file, sorted.
  std::vector<std::string> keys() const {
    std::vector<std::string> out;
    for (const auto& [where, content] : memory_blobs.blobs)
      out.push_back(std::string(to_string(where.first)) + "/" + where.second);
    std::sort(out.begin(), out.end());
    return out;
  }
  bool has(std::string_view key) const {
    const auto all = keys();
    return std::find(all.begin(), all.end(), key) != all.end();
  }
  Bytes content(std::string_view key) const {
    for (const auto& [where, content] : memory_blobs.blobs)
      if (std::string(to_string(where.first)) + "/" + where.second == key) return content;
    return {};
  }
  void remove(std::string_view key) {
    std::erase_if(memory_blobs.blobs, [&](const auto& entry) {
      return std::string(to_string(entry.first.first)) + "/" + entry.first.second == key;
    });
  }

  SeededRandom random{61};
  MovableClock clock{*parse_rfc3339("2026-03-02T09:00:00Z")};
  TimeZone zone = *TimeZone::load("Europe/London");
  letters::PrintCalendar calendar{zone};
  accounts::Service service;
  ports::testing::MemoryTaskQueue tasks;
  ports::testing::MemoryNotificationStore notifications{tasks};
  ports::testing::MemoryJobStore jobs{tasks};
  ports::testing::MemoryLetterCareStore care{notifications, jobs};
  ports::testing::MemoryServiceStore services;
  ports::testing::MemoryBlobStore memory_blobs;
  Cut faults;
  CutBlobStore blobs{memory_blobs, faults};
  CutNotificationStore cut_notifications{notifications, faults};
  ScriptedScanner scanner;
  ScriptedPdf pdf;
  PlainStamper stamper;
  ReadyLetterPorts ports{cut_notifications, care, services, blobs, tasks, &scanner, clock, calendar};
  LetterCheck check{pdf, stamper};
  std::vector<std::string> noticed;
  LetterScan scan{ports};
  LetterFiling filing{ports, check, [this](const FiledNotice& notice) { noticed.push_back(notice.blob_key); }};
  LetterRescan rescan{ports};
};

}  // namespace postroom::flows::testing
