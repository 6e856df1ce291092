#include "adapters/smtp/smtp_mailer.h"

#include <curl/curl.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <vector>

#include "adapters/smtp/mime_writer.h"
#include "adapters/smtp/smtp_reply.h"

namespace postroom::smtp {
namespace {

struct HandleCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleCloser>;
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using StringList = std::unique_ptr<curl_slist, ListCloser>;

// At most so many connections to the relay at once; idle ones stay open. Safe from several threads.
class Connections {
 public:
  explicit Connections(int max) : free_(max) { curl_global_init(CURL_GLOBAL_DEFAULT); }
  ~Connections() {
    idle_.clear();
    curl_global_cleanup();
  }
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // Nothing when none is free within `wait`.
  Handle take(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, wait, [this] { return free_ > 0; })) return nullptr;
    if (idle_.empty()) idle_.emplace_back(curl_easy_init());
    Handle handle = std::move(idle_.back());
    idle_.pop_back();
    if (handle != nullptr) --free_;
    return handle;
  }
  void give_back(Handle handle, bool keep) {
    if (keep)
      curl_easy_reset(handle.get());
    else
      handle.reset();
    std::lock_guard lock(mutex_);
    if (handle != nullptr) idle_.push_back(std::move(handle));
    ++free_;
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  int free_;
  std::vector<Handle> idle_;
};

struct Transfer {
  std::string_view unsent;
  bool began_body = false;
  ReplyLog replies;
};

std::size_t on_reply(char* data, std::size_t, std::size_t size, void* user) {
  static_cast<Transfer*>(user)->replies.add_line({data, size});
  return size;
}

std::size_t on_read(char* out, std::size_t, std::size_t room, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  std::size_t size = std::min(room, transfer.unsent.size());
  std::memcpy(out, transfer.unsent.data(), size);
  transfer.unsent.remove_prefix(size);
  transfer.began_body = true;
  return size;
}

struct Envelope {
  std::string from;
  std::string to;
};

std::string url_of(const SmtpOptions& options) {
  bool is_v6 = options.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}/{}", options.tls == TlsMode::implicit ? "smtps" : "smtp", is_v6 ? "[" : "",
                     options.host, is_v6 ? "]" : "", options.port, options.helo_name);
}

void set_security(CURL* handle, const SmtpOptions& options) {
  bool checked = options.tls == TlsMode::starttls || options.tls == TlsMode::implicit;
  long level = checked ? CURLUSESSL_ALL : CURLUSESSL_TRY;
  if (options.tls == TlsMode::none) level = CURLUSESSL_NONE;
  curl_easy_setopt(handle, CURLOPT_USE_SSL, level);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, checked ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, checked ? 2L : 0L);
  if (!options.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
  if (options.user.empty()) return;
  curl_easy_setopt(handle, CURLOPT_USERNAME, options.user.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, options.password.c_str());
}

CURLcode perform(CURL* handle, const SmtpOptions& options, const Envelope& envelope, std::string_view text,
                 Transfer& transfer) {
  transfer.unsent = text;
  StringList recipients(curl_slist_append(nullptr, envelope.to.c_str()));
  if (recipients == nullptr) return CURLE_OUT_OF_MEMORY;
  std::string url = url_of(options);
  set_security(handle, options);
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_MAIL_FROM, envelope.from.c_str());
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(text.size()));
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(handle, CURLOPT_READDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_reply);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  return curl_easy_perform(handle);
}

bool was_reused(CURL* handle) {
  long connects = 0;
  curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connects);
  return connects == 0;
}

// A relay may close an idle connection at any time. As long as none of the message was sent, trying again on
// a new connection cannot send it twice.
bool was_stale(CURLcode code, const Transfer& transfer, bool reused) {
  if (!reused || transfer.began_body) return false;
  bool cut = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
  return cut || transfer.replies.refusal_code() == 421;
}

Error transfer_error(CURLcode code, const Transfer& transfer, bool reused, const SmtpOptions& options) {
  std::string relay = fmt::format("mail relay {}:{}", options.host, options.port);
  const ReplyLog& replies = transfer.replies;
  if (code == CURLE_LOGIN_DENIED)
    return {ErrorKind::retry_later,
            fmt::format("{} refused our user name and password ({})", relay, replies.refusal())};
  if (code == CURLE_USE_SSL_FAILED)
    return {ErrorKind::retry_later, relay + " does not offer STARTTLS, which the settings demand"};
  if (replies.refusal_code() >= 500 && (replies.greeted() || reused))
    return {ErrorKind::rejected, fmt::format("{} refused the message: {}", relay, replies.refusal())};
  if (replies.refusal_code() != 0)
    return {ErrorKind::retry_later, fmt::format("{} cannot take the message now: {}", relay, replies.refusal())};
  if (code == CURLE_OPERATION_TIMEDOUT)
    return {ErrorKind::retry_later, fmt::format("{} did not answer within {} ms", relay, options.timeout.count())};
  return {ErrorKind::retry_later, fmt::format("{}: {}", relay, curl_easy_strerror(code))};
}

}  // namespace

struct SmtpMailer::Impl {
  explicit Impl(SmtpOptions given) : options(std::move(given)), connections(options.connections_max) {}
  const SmtpOptions options;
  Connections connections;
};

SmtpMailer::SmtpMailer(SmtpOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
SmtpMailer::~SmtpMailer() = default;

Result<ports::ProviderReceipt> SmtpMailer::send(const ports::EmailMessage& message) {
  const SmtpOptions& options = impl_->options;
  POSTROOM_TRY(text, write_mime(message));
  POSTROOM_TRY(to, wire_address(message.to, "recipient"));
  POSTROOM_TRY(
      from, wire_address(options.bounce_address.empty() ? message.from_address : options.bounce_address, "sender"));
  Envelope envelope{.from = "<" + from + ">", .to = "<" + to + ">"};
  Handle handle = impl_->connections.take(options.timeout);
  if (handle == nullptr)
    return fail(ErrorKind::retry_later,
                fmt::format("all {} connections to the mail relay are busy", options.connections_max));
  Transfer transfer;
  CURLcode code = perform(handle.get(), options, envelope, text, transfer);
  bool reused = was_reused(handle.get());
  if (code != CURLE_OK && was_stale(code, transfer, reused)) {
    handle.reset(curl_easy_init());
    if (handle == nullptr) code = CURLE_OUT_OF_MEMORY;
    transfer = Transfer{};
    reused = false;
    if (handle != nullptr) code = perform(handle.get(), options, envelope, text, transfer);
  }
  impl_->connections.give_back(std::move(handle), code == CURLE_OK);
  if (code != CURLE_OK) return fail(transfer_error(code, transfer, reused, options));
  return ports::ProviderReceipt{.provider = std::string(name()),
                                .provider_reference = transfer.replies.reference()};
}

}  // namespace postroom::smtp
