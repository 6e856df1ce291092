#include "adapters/smpp/line.h"

#include <fmt/format.h>

#include <array>

namespace postroom::smpp {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr int kReadsMax = 64;  // at once: the rest waits for the next call

}  // namespace

Result<std::unique_ptr<Line>> Line::open(const LineOptions& options) {
  CURL* handle = curl_easy_init();
  if (handle == nullptr) return fail(ErrorKind::internal, "no memory for a connection");
  auto line = std::unique_ptr<Line>(new Line(handle));
  // libcurl makes the connection, TLS included, and leaves the conversation to us.
  const std::string url = fmt::format("{}://{}:{}/", options.is_tls ? "https" : "http", options.host, options.port);
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_SSL_ENABLE_ALPN, 0L);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  if (!options.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
  const CURLcode code = curl_easy_perform(handle);
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (code == CURLE_OK) curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket);
  if (socket == CURL_SOCKET_BAD) {
    return fail(ErrorKind::retry_later,
                fmt::format("{}:{}: {}", options.host, options.port, curl_easy_strerror(code)));
  }
  line->socket_ = socket;
  return line;
}

Result<std::size_t> Line::send(BytesView bytes) {
  std::size_t sent = 0;
  const CURLcode code = curl_easy_send(handle_.get(), bytes.data(), bytes.size(), &sent);
  if (code == CURLE_OK || code == CURLE_AGAIN) return sent;
  return fail(ErrorKind::retry_later, curl_easy_strerror(code));
}

Result<Bytes> Line::receive() {
  Bytes out;
  std::array<char, kReadBytes> buffer;
  for (int i = 0; i < kReadsMax; ++i) {
    std::size_t count = 0;
    const CURLcode code = curl_easy_recv(handle_.get(), buffer.data(), buffer.size(), &count);
    if (code == CURLE_AGAIN) return out;
    if (code != CURLE_OK) return fail(ErrorKind::retry_later, curl_easy_strerror(code));
    if (count == 0) {
      // What came before the end still counts; the next call says that it is one.
      if (!out.empty()) return out;
      return fail(ErrorKind::retry_later, "the server closed the connection");
    }
    out.append(buffer.data(), count);
  }
  return out;
}

}  // namespace postroom::smpp
