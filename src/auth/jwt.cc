#include "auth/jwt.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <array>
#include <cmath>
#include <memory>
#include <new>

#include "base/json_truth.h"
#include "base/key_ring.h"

namespace postroom::auth {
namespace {

constexpr std::size_t kSignatureBytes = 32;
// Claims beyond are no times of this age, and would overflow sums.
constexpr double kSecondsMax = 1e12;

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

// Algorithms are fetched once; a context of each thread is keyed anew for every token.
EVP_MAC_CTX* hmac_context() {
  static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  thread_local const std::unique_ptr<EVP_MAC_CTX, FreeMac> context = [] {
    std::unique_ptr<EVP_MAC_CTX, FreeMac> fresh(EVP_MAC_CTX_new(mac));
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    if (fresh == nullptr || EVP_MAC_CTX_set_params(fresh.get(), parameters) != 1) throw std::bad_alloc();
    return fresh;
  }();
  return context.get();
}

std::array<char, kSignatureBytes> hs256(BytesView key, std::string_view message) {
  std::array<char, kSignatureBytes> out{};
  auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  EVP_MAC_CTX* context = hmac_context();
  std::size_t size = 0;
  if (EVP_MAC_init(context, bytes(key), key.size(), nullptr) != 1 ||
      EVP_MAC_update(context, bytes(message), message.size()) != 1 ||
      EVP_MAC_final(context, reinterpret_cast<unsigned char*>(out.data()), &size, out.size()) != 1) {
    throw std::bad_alloc();
  }
  return out;
}

std::optional<json::object> read_object(std::string_view part) {
  auto bytes = from_base64url(part);
  if (!bytes) return std::nullopt;
  auto document = parse_json(*bytes);
  if (!document || !document->is_object()) return std::nullopt;
  return std::move(document->get_object());
}

// Whole seconds, fractions cut off; nothing when the value is no number or no time of this age.
std::optional<std::int64_t> seconds_of(const json::value& value) {
  double seconds = 0;
  if (value.is_int64())
    seconds = static_cast<double>(value.get_int64());
  else if (value.is_uint64())
    seconds = static_cast<double>(value.get_uint64());
  else if (value.is_double())
    seconds = std::trunc(value.get_double());
  else
    return std::nullopt;
  if (!(std::fabs(seconds) < kSecondsMax)) return std::nullopt;
  return static_cast<std::int64_t>(seconds);
}

bool is_number(const json::value& value) { return value.is_number(); }

}  // namespace

std::optional<Token> Token::parse(std::string_view text) {
  if (text.size() > kTokenBytesMax) return std::nullopt;
  auto first = text.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  auto second = text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  auto header = read_object(text.substr(0, first));
  if (!header) return std::nullopt;
  auto claims = read_object(text.substr(first + 1, second - first - 1));
  if (!claims) return std::nullopt;
  auto signature = from_base64url(text.substr(second + 1));
  if (!signature) return std::nullopt;
  Token token;
  token.signed_part_ = text.substr(0, second);
  token.signature_ = std::move(*signature);
  token.header_ = std::move(*header);
  token.claims_ = std::move(*claims);
  return token;
}

bool Token::has_supported_algorithm() const {
  const json::value* algorithm = header_.if_contains("alg");
  return algorithm != nullptr && algorithm->is_string() && algorithm->get_string() == "HS256";
}

bool Token::verify_signature(BytesView key) const {
  auto expected = hs256(key, signed_part_);
  return equals_constant_time({expected.data(), expected.size()}, signature_);
}

std::optional<ClaimFault> check_claims(const Token& token, UtcTime now_time) {
  const std::int64_t now = std::chrono::floor<std::chrono::seconds>(now_time).time_since_epoch().count();
  const std::int64_t leeway = kClockLeeway.count();
  const json::value* issued = token.claim("iat");
  if (issued == nullptr) return ClaimFault::no_issued_at;
  auto issued_at = seconds_of(*issued);
  if (!issued_at || *issued_at < now - leeway || *issued_at > now + leeway) return ClaimFault::clock;
  if (const json::value* begins = token.claim("nbf")) {
    if (!is_number(*begins)) return ClaimFault::other;
    auto not_before = seconds_of(*begins);
    if (!not_before || *not_before > now + leeway) return ClaimFault::clock;
  }
  if (const json::value* ends = token.claim("exp")) {
    auto expires = seconds_of(*ends);
    // A number too large for seconds_of() is a time far away, which is fine when it lies ahead.
    bool far_ahead = !expires && is_number(*ends) && ends->to_number<double>() > 0;
    if (!far_ahead && (!expires || *expires <= now - leeway)) return ClaimFault::other;
  }
  if (const json::value* audience = token.claim("aud"); audience != nullptr && !says_nothing(*audience)) {
    return ClaimFault::other;
  }
  for (std::string_view name : {"sub", "jti"}) {
    if (const json::value* value = token.claim(name); value != nullptr && !value->is_string())
      return ClaimFault::other;
  }
  return std::nullopt;
}

std::string make_token(const json::object& header, const json::object& claims, BytesView key) {
  std::string out = to_base64url(write_json(header)) + '.' + to_base64url(write_json(claims));
  auto signature = hs256(key, out);
  return out + '.' + to_base64url({signature.data(), signature.size()});
}

}  // namespace postroom::auth
