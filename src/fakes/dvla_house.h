// The print house's HTTP service as a stand-in, more pedantic than the real one: it reads every request member by
// member and refuses what is not exactly as it must be. Used as the client in its place: nothing leaves the
// process.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "ports/http_client.h"

namespace postroom::fakes {

struct DvlaHouseOptions {
  std::string base_url = "https://print-house.example";
  std::string user = "postroom";
  std::string password = "first-Password-1";
  std::string api_key = "key-1";
  Duration token_life = std::chrono::hours{1};
};

// What the house keeps of an order.
struct DvlaJob {
  NotificationId id;
  std::string reference;
  std::string despatch_method;  // empty: second class
  std::string address_form;     // "unstructuredAddress" and so on
  std::string service_id;
  std::string callback_url;
  std::size_t pdf_bytes = 0;
  int sheets = 0;
  bool is_reported = false;
};

// The next call to a path that ends in `path`: answered so, or not at all.
struct DvlaTrouble {
  std::string path;
  int status = 0;  // 0: the connection breaks
  ports::HttpHeaders headers = {};
  std::string body = {};
  bool is_done_all_the_same = false;  // what was asked for happens, and only the answer is not the right one
};

// Safe from several threads. `clock` is real time, and must outlive it.
class DvlaHouse final : public ports::HttpClient {
 public:
  static constexpr std::size_t kJobsMax = 1'000'000;

  DvlaHouse(DvlaHouseOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {}

  Result<ports::HttpResponse> send(const ports::HttpRequest& request) override;

  void trouble(DvlaTrouble trouble);
  // No token given out so far is good any more.
  void end_sessions();
  std::vector<DvlaJob> jobs() const;  // in the order they came
  // What was wrong with requests, one sentence each; empty in a run that went well.
  std::vector<std::string> problems() const;
  std::map<std::string, int> calls() const;  // by path
  std::string password() const;
  std::string api_key() const;

  struct Report {
    NotificationId id;
    std::string url;
    std::string body;
  };
  // That the letter was posted, for each job that nobody was told of yet, oldest first.
  std::vector<Report> due_reports(UtcTime now) const;
  void mark_reported(NotificationId id);

 private:
  ports::HttpResponse answer(const ports::HttpRequest& request, std::string_view path);
  ports::HttpResponse log_in(const json::object& body);
  ports::HttpResponse change_password(const json::object& body);
  ports::HttpResponse take_order(const std::string& text);
  std::string check_call(const ports::HttpRequest& request, bool has_body, bool has_session) const;
  bool is_session(const ports::HttpRequest& request) const;
  ports::HttpResponse refuse(int status, std::string reason, bool at_login);

  DvlaHouseOptions options_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, UtcTime> tokens_;  // with their ends
  int tokens_made_ = 0, keys_made_ = 1;
  std::deque<DvlaTrouble> troubles_;
  std::vector<DvlaJob> jobs_;
  std::map<NotificationId, std::size_t> by_id_;
  std::vector<std::string> problems_;
  std::map<std::string, int> calls_;
};

// An order's faults, one sentence each; on none, `job` holds what it says.
std::vector<std::string> read_dvla_order(std::string_view text, DvlaJob& job);
// The report of one letter, valid by the print house's schema.
std::string dvla_report(const DvlaJob& job, UtcTime at);

}  // namespace postroom::fakes
