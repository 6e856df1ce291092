#include "adapters/curl/curl_http_client.h"

#include <unistd.h>

#include "adapters/curl/address_guard.h"
#include "adapters/curl/handle_pool.h"
#include "base/text.h"

namespace postroom::curl {
namespace {

constexpr std::size_t kUrlCharsMax = 8 * 1024;
constexpr std::size_t kResponseHeaderBytesMax = 64 * 1024;

// What the callbacks of one transfer write to.
struct Transfer {
  ports::HttpResponse response;
  std::size_t body_bytes_max = 0;
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool refused_address = false;
};

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
curl_socket_t open_public_socket(void* user, curlsocktype, curl_sockaddr* address) {
  if (!is_public_address(&address->addr, address->addrlen)) {
    static_cast<Transfer*>(user)->refused_address = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
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

Result<void> check(const ports::HttpRequest& request) {
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
  bool bad_method =
      request.method.empty() || !std::all_of(request.method.begin(), request.method.end(), is_ascii_alpha);
  if (bad_method) return fail(ErrorKind::invalid_input, "an HTTP method consists of letters");
  for (const auto& [name, value] : request.headers)
    if (name.empty() || name.find(':') != std::string::npos || has_line_break(name) || has_line_break(value))
      return fail(ErrorKind::invalid_input, "an HTTP header must not contain line breaks");
  return {};
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

Error transfer_error(CURLcode code, const Transfer& transfer, const ports::HttpRequest& request) {
  std::string origin = origin_of(request.url);
  if (transfer.refused_address)
    return {ErrorKind::forbidden,
            origin + " leads to a private or special address, where customers' URLs must not go"};
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

struct CurlHttpClient::Impl {
  explicit Impl(CurlOptions given) : options(std::move(given)), pool(options.idle_handles_max) {}
  const CurlOptions options;
  HandlePool pool;
};

CurlHttpClient::CurlHttpClient(CurlOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
CurlHttpClient::~CurlHttpClient() = default;

Result<ports::HttpResponse> CurlHttpClient::send(const ports::HttpRequest& request) {
  POSTROOM_CHECK(check(request));
  const CurlOptions& options = impl_->options;
  Handle owned = impl_->pool.take();
  CURL* handle = owned.get();
  if (handle == nullptr) return fail(ErrorKind::internal, "no memory for an HTTP transfer");
  Transfer transfer;
  transfer.body_bytes_max = request.response_bytes_max;
  StringList headers = header_list(request);
  set_limits(handle, request);
  set_method(handle, request);
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  if (!options.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.tls_ciphers.empty()) curl_easy_setopt(handle, CURLOPT_SSL_CIPHER_LIST, options.tls_ciphers.c_str());
  if (!options.unix_socket_path.empty())
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, options.unix_socket_path.c_str());
  if (!options.allow_private_addresses) {
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_public_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &transfer);
  }
  CURLcode code = curl_easy_perform(handle);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  impl_->pool.give_back(std::move(owned));
  if (code != CURLE_OK) return fail(transfer_error(code, transfer, request));
  transfer.response.status = static_cast<int>(status);
  return std::move(transfer.response);
}

Result<ports::HttpResponse> send_over_unix_socket(const std::string& socket_path,
                                                  const ports::HttpRequest& request) {
  CurlHttpClient client({.unix_socket_path = socket_path, .idle_handles_max = 1});
  return client.send(request);
}

}  // namespace postroom::curl
