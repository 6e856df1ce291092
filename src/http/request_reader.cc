#include "http/request_reader.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "base/text.h"

namespace postroom::http {
namespace {

namespace beast = boost::beast::http;
using ErrorCode = boost::system::error_code;

// A body that is announced but has not come costs no more memory than this.
constexpr std::size_t kReservedBodyBytesMax = 256 * 1024;
// A body buffer above this is given back between requests.
constexpr std::size_t kKeptBodyBytesMax = 64 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// Beast's grammar, our Request: filling it in the callbacks spares the container in between.
class Parser final : public beast::basic_parser<true> {
 public:
  Parser(Request& request, std::size_t header_bytes_max, std::size_t body_bytes_max,
         std::span<const BodyLimit> body_limits)
      : request_(request), header_bytes_max_(header_bytes_max), body_limits_(body_limits) {
    header_limit(static_cast<std::uint32_t>(header_bytes_max));
    body_limit(body_bytes_max);
    eager(true);
  }

  int refusal_status = 0;  // set by a callback that refuses; 0 leaves it to the error code
  bool wants_continue = false;
  bool is_http_1_0 = false;

 private:
  void refuse(int status, beast::error code, ErrorCode& error) {
    refusal_status = status;
    error = code;
  }

  void on_request_impl(beast::verb, boost::beast::string_view method, boost::beast::string_view target, int version,
                       ErrorCode&) override {
    request_.method = view(method);
    request_.target = view(target);
    is_http_1_0 = version == 10;
    header_bytes_ = method.size() + target.size() + 12;
    for (const BodyLimit& limit : body_limits_) {
      std::string_view path = request_.target;
      path = path.substr(0, path.find_first_of("?#"));
      // The last segment is enough to spare most requests the copy.
      std::string_view segment = std::string_view(limit.path).substr(limit.path.rfind('/') + 1);
      if (path.ends_with(segment) && path_of_target(path) == limit.path) body_limit(limit.bytes);
    }
  }

  void on_response_impl(int, boost::beast::string_view, int, ErrorCode&) override {}

  void on_field_impl(beast::field field, boost::beast::string_view name, boost::beast::string_view value,
                     ErrorCode& error) override {
    // Beast applies its limit to the bytes at hand; a header that drips in would have none.
    header_bytes_ += name.size() + value.size() + 4;
    if (header_bytes_ > header_bytes_max_ || ++fields_ > kHeadersMax)
      return refuse(431, beast::error::header_limit, error);
    if (header_finished_) return;  // trailers could contradict headers that were acted on
    switch (field) {
      case beast::field::host:
        if (std::exchange(has_host_, true)) return refuse(400, beast::error::bad_field, error);
        break;
      case beast::field::transfer_encoding:
        // Beast ignores codings it does not know and would take the body for the next request.
        if (is_http_1_0) return refuse(400, beast::error::bad_transfer_encoding, error);
        if (!equals_ignoring_case(trim(view(value)), "chunked"))
          return refuse(501, beast::error::bad_transfer_encoding, error);
        break;
      case beast::field::expect: wants_continue = equals_ignoring_case(trim(view(value)), "100-continue"); break;
      default: break;
    }
    request_.headers.emplace_back(view(name), view(value));
  }

  void on_header_impl(ErrorCode& error) override {
    header_finished_ = true;
    if (!is_http_1_0 && !has_host_) refuse(400, beast::error::bad_field, error);
  }

  void on_body_init_impl(boost::optional<std::uint64_t> const& length, ErrorCode&) override {
    if (length) request_.body.reserve(std::min<std::size_t>(*length, kReservedBodyBytesMax));
  }
  std::size_t on_body_impl(boost::beast::string_view body, ErrorCode&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, ErrorCode&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(ErrorCode&) override {}

  Request& request_;
  const std::size_t header_bytes_max_;
  const std::span<const BodyLimit> body_limits_;
  std::size_t header_bytes_ = 0;
  std::size_t fields_ = 0;
  bool header_finished_ = false;
  bool has_host_ = false;
};

int status_of(const ErrorCode& error) {
  if (error == beast::error::header_limit) return 431;
  if (error == beast::error::body_limit) return 413;
  if (error == beast::error::bad_version) return 505;
  return 400;
}

void fill_path_and_query(Request& request) {
  request.path = path_of_target(request.target);
  std::size_t question = request.target.find('?');
  if (question == std::string::npos) return;
  std::string_view query = std::string_view(request.target).substr(question + 1);
  request.query = parse_query(query.substr(0, query.find('#')));
}

}  // namespace

std::string path_of_target(std::string_view target) {
  std::string_view path = target.substr(0, target.find_first_of("?#"));
  for (std::string_view scheme : {"http://", "https://"})
    if (equals_ignoring_case(path.substr(0, scheme.size()), scheme)) {
      std::size_t slash = path.find('/', scheme.size());
      path = slash == std::string_view::npos ? "/" : path.substr(slash);
    }
  std::string out;
  out.reserve(path.size());
  for (char c : path)
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  return out;
}

struct RequestReader::Impl {
  Impl(std::size_t header_bytes, std::size_t body_bytes, std::span<const BodyLimit> limits)
      : header_bytes_max(header_bytes), body_bytes_max(body_bytes), body_limits(limits) {
    restart();
  }

  const std::size_t header_bytes_max;
  const std::size_t body_bytes_max;
  const std::span<const BodyLimit> body_limits;
  Request request = {};
  std::optional<Parser> parser = {};
  State state = State::need_more;
  int refusal_status = 0;
  bool path_filled = false;

  void restart() {
    parser.reset();
    parser.emplace(request, header_bytes_max, body_bytes_max, body_limits);
  }
  void fail_with(const ErrorCode& error) {
    state = State::failed;
    refusal_status = parser->refusal_status != 0 ? parser->refusal_status : status_of(error);
  }
};

RequestReader::RequestReader(std::size_t header_bytes_max, std::size_t body_bytes_max,
                             std::span<const BodyLimit> limits)
    : impl_(std::make_unique<Impl>(header_bytes_max, body_bytes_max, limits)) {}
RequestReader::~RequestReader() = default;

std::size_t RequestReader::feed(std::string_view data) {
  Impl& impl = *impl_;
  std::size_t taken = 0;
  if (impl.state != State::need_more) return 0;
  if (!impl.parser->got_some()) {
    // RFC 9112 section 2.2: empty lines before a request line are to be ignored.
    while (data.size() - taken >= 2 && data.substr(taken, 2) == "\r\n") taken += 2;
  }
  std::string_view rest = data.substr(taken);
  if (rest.empty() || rest == "\r") return taken;
  ErrorCode error;
  taken += impl.parser->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
  if (!impl.path_filled && !impl.request.target.empty() &&
      (impl.parser->is_header_done() || (error && error != beast::error::need_more))) {
    fill_path_and_query(impl.request);
    impl.path_filled = true;
  }
  if (error && error != beast::error::need_more)
    impl.fail_with(error);
  else if (impl.parser->is_done())
    impl.state = State::complete;
  return taken;
}

RequestReader::State RequestReader::state() const { return impl_->state; }
int RequestReader::refusal_status() const { return impl_->refusal_status; }
bool RequestReader::begun() const { return impl_->parser->got_some(); }
bool RequestReader::header_done() const { return impl_->parser->is_header_done(); }
bool RequestReader::wants_continue() const { return impl_->parser->wants_continue && !impl_->parser->is_http_1_0; }
bool RequestReader::keep_alive() const { return impl_->parser->is_header_done() && impl_->parser->keep_alive(); }
bool RequestReader::is_http_1_0() const { return impl_->parser->is_http_1_0; }
Request& RequestReader::request() { return impl_->request; }

void RequestReader::reset() {
  std::string body = std::move(impl_->request.body);
  impl_->request = Request{};
  if (body.capacity() <= kKeptBodyBytesMax) {
    body.clear();
    impl_->request.body = std::move(body);
  }
  impl_->state = State::need_more;
  impl_->refusal_status = 0;
  impl_->path_filled = false;
  impl_->restart();
}

}  // namespace postroom::http
