#include "adapters/curl/transfer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "adapters/curl/address_guard.h"
#include "base/text.h"

namespace postroom::curl {
namespace {

constexpr std::size_t kUrlCharsMax = 8 * 1024;
constexpr std::size_t kResponseHeaderBytesMax = 64 * 1024;
constexpr int kOpenPortMin = 1024;

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  if (transfer.response.body.size() + size > transfer.body_bytes_max) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  std::string_view line(data, size);
  transfer.header_bytes += size;
  if (transfer.header_bytes > kResponseHeaderBytesMax) {
    transfer.too_large = true;
    return 0;
  }
  // A status line after another one follows "100 Continue": only the last answer's headers count.
  if (line.starts_with("HTTP/")) transfer.response.headers.clear();
  std::size_t colon = line.find(':');
  if (colon != std::string_view::npos && !line.starts_with("HTTP/"))
    transfer.response.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  return size;
}

// Called with the resolved address right before connecting, so that a name that changes its mind between a
// check and the connection gains nothing.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  // libcurl wants to send again what it sent on a kept connection that was closed: that is for the caller to
  // decide.
  if (transfer.progress != nullptr && transfer.progress->was_sent) return CURL_SOCKET_BAD;
  if (transfer.guards_address && !is_public_address(&address->addr, address->addrlen)) {
    transfer.refused_as = special_address_kind(&address->addr, address->addrlen);
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// libcurl reports a request's head here after the first of its bytes has gone out.
int note_progress(CURL*, curl_infotype type, char*, std::size_t, void* user) {
  if (type == CURLINFO_HEADER_OUT) static_cast<ports::HttpProgress*>(user)->was_sent = true;
  return 0;
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

// Scheme and host for messages; the rest of a URL may be secret.
std::string origin_of(std::string_view url) {
  std::size_t start = url.find("://");
  if (start == std::string_view::npos) return "the URL";
  std::string_view rest = url.substr(start + 3);
  rest = rest.substr(0, rest.find_first_of("/?#\\"));
  if (std::size_t at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  return std::string(url.substr(0, start + 3)) + std::string(rest);
}

bool has_header(const ports::HttpRequest& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [name](const auto& header) { return equals_ignoring_case(header.first, name); });
}

StringList header_list(const ports::HttpRequest& request) {
  StringList list;
  auto append = [&list](const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list.get(), line.c_str())) {
      static_cast<void>(list.release());
      list.reset(longer);
    }
  };
  // An empty value needs a semicolon; a colon with nothing after it would remove the header.
  for (const auto& [name, value] : request.headers) append(value.empty() ? name + ";" : name + ": " + value);
  // libcurl would wait a second for "100 Continue" before it sends a large body, and calls bodies forms.
  if (!has_header(request, "Expect")) append("Expect:");
  if (!has_header(request, "Content-Type")) append("Content-Type:");
  return list;
}

void set_limits(CURL* handle, const ports::HttpRequest& request) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.response_bytes_max));
}

void set_method(CURL* handle, const ports::HttpRequest& request) {
  bool sends_body =
      !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (request.method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  if (sends_body) {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// What a URL may have besides an address that is public: libcurl's own reading of it, which is what it connects to.
Result<void> check_customers_url(const std::string& text) {
  const std::unique_ptr<CURLU, UrlCloser> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return fail(ErrorKind::invalid_input, "the URL is malformed");
  auto part = [&url](CURLUPart which, unsigned flags) -> std::optional<std::string> {
    char* found = nullptr;
    if (curl_url_get(url.get(), which, &found, flags) != CURLUE_OK) return {};
    std::string out(found);
    curl_free(found);
    return out;
  };
  if (part(CURLUPART_USER, 0) || part(CURLUPART_PASSWORD, 0))
    return fail(ErrorKind::forbidden, "a URL must not hold a user name or password before the host");
  if (part(CURLUPART_ZONEID, 0))
    return fail(ErrorKind::forbidden, "a URL must not name a network interface (%25…) of this machine");
  const std::string port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).value_or("0");
  // Ports below that belong to mail, name and other services, which a request could be taken for a command by.
  int number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  if (number != 80 && number != 443 && number < kOpenPortMin) {
    return fail(ErrorKind::forbidden,
                fmt::format("a URL must not go to port {}: use 443, 80, or one from {} on", port, kOpenPortMin));
  }
  return {};
}

Error transfer_error(CURLcode code, const Transfer& transfer, const ports::HttpRequest& request) {
  std::string origin = origin_of(request.url);
  if (!transfer.refused_as.empty())
    return {ErrorKind::forbidden,
            fmt::format("{} leads to {}, where customers' URLs must not go", origin, transfer.refused_as)};
  if (transfer.too_large || code == CURLE_FILESIZE_EXCEEDED)
    return {ErrorKind::retry_later,
            fmt::format("{} answered with more than {} bytes", origin, request.response_bytes_max)};
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return {ErrorKind::invalid_input, "the URL is malformed"};
  if (code == CURLE_OPERATION_TIMEDOUT)
    return {ErrorKind::retry_later, fmt::format("{} did not answer within {} ms", origin, request.timeout.count())};
  return {ErrorKind::retry_later, fmt::format("{}: {}", origin, curl_easy_strerror(code))};
}

}  // namespace

Result<void> check(const ports::HttpRequest& request, bool is_guarded) {
  std::string scheme = to_lower(std::string_view(request.url).substr(0, request.url.find("://")));
  if (scheme != "http" && scheme != "https")
    return fail(ErrorKind::invalid_input, "a URL must begin with http:// or https://");
  if (request.url.size() > kUrlCharsMax)
    return fail(ErrorKind::invalid_input,
                fmt::format("a URL has at most {} characters, this one has {}", kUrlCharsMax, request.url.size()));
  bool bad_url = std::any_of(request.url.begin(), request.url.end(),
                             [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  if (bad_url)
    return fail(ErrorKind::invalid_input,
                "a URL must not contain blanks or control characters; percent-encode them");
  if (is_guarded) POSTROOM_CHECK(check_customers_url(request.url));
  bool bad_method =
      request.method.empty() || !std::all_of(request.method.begin(), request.method.end(), is_ascii_alpha);
  if (bad_method) return fail(ErrorKind::invalid_input, "an HTTP method consists of letters");
  for (const auto& [name, value] : request.headers)
    if (name.empty() || name.find(':') != std::string::npos || has_line_break(name) || has_line_break(value))
      return fail(ErrorKind::invalid_input, "an HTTP header must not contain line breaks");
  return {};
}

void prepare(CURL* handle, const CurlOptions& options, const ports::HttpRequest& request, Transfer& transfer) {
  transfer.body_bytes_max = request.response_bytes_max;
  transfer.headers = header_list(request);
  set_limits(handle, request);
  set_method(handle, request);
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, transfer.headers.get());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  if (!options.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.tls_ciphers.empty()) curl_easy_setopt(handle, CURLOPT_SSL_CIPHER_LIST, options.tls_ciphers.c_str());
  if (!options.unix_socket_path.empty())
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, options.unix_socket_path.c_str());
  if (!options.resolve.empty()) {
    transfer.resolve.reset(curl_slist_append(nullptr, options.resolve.c_str()));
    curl_easy_setopt(handle, CURLOPT_RESOLVE, transfer.resolve.get());
  }
  transfer.guards_address = !options.allow_private_addresses;
  transfer.progress = request.progress;
  if (request.progress != nullptr) {
    request.progress->was_sent = false;
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, note_progress);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, request.progress);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
  }
  if (transfer.guards_address || request.progress != nullptr) {
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &transfer);
  }
}

Result<ports::HttpResponse> outcome_of(CURL* handle, CURLcode code, const ports::HttpRequest& request,
                                       Transfer& transfer) {
  if (code != CURLE_OK) return fail(transfer_error(code, transfer, request));
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  return std::move(transfer.response);
}

}  // namespace postroom::curl
