// Parses one HTTP/1.1 request after another out of a byte stream. No sockets: bytes in, Request out.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "http/message.h"

namespace postroom::http {

constexpr std::size_t kHeadersMax = 128;

class RequestReader {
 public:
  // `limits` are exceptions from `body_bytes_max`; they must outlive the reader.
  RequestReader(std::size_t header_bytes_max, std::size_t body_bytes_max, std::span<const BodyLimit> limits = {});
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  enum class State { need_more, complete, failed };

  // Takes bytes from the front of `data` and returns how many. The rest must come again, with more behind it;
  // after `complete` it belongs to the next request. Total time is linear in the bytes received, however they
  // are cut.
  std::size_t feed(std::string_view data);

  State state() const;
  // When failed: 400, 413, 431, 501 or 505.
  int refusal_status() const;
  // A byte of the request has come.
  bool begun() const;
  bool header_done() const;
  // The client waits for "100 Continue" before it sends the body. Valid from header_done on.
  bool wants_continue() const;
  // Neither side asked to close. False before header_done.
  bool keep_alive() const;
  bool is_http_1_0() const;

  // What has been read so far; whole when complete.
  Request& request();

  // Ready for the next request.
  void reset();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The part of an absolute or origin-form target before the query, runs of slashes collapsed: "/v2/x" for
// "//v2/x?a=1" and for "http://host/v2/x".
std::string path_of_target(std::string_view target);

}  // namespace postroom::http
