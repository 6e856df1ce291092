// DKIM signatures of outgoing emails (RFC 6376, RFC 8463), all but the private key's part. Relaxed/relaxed always.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::email {

enum class DkimAlgorithm { rsa_sha256, ed25519_sha256 };
// "rsa-sha256", as in a signature's a= tag.
std::string_view to_string(DkimAlgorithm algorithm);

// Which key in the DNS a signature refers to.
struct DkimIdentity {
  std::string domain;
  std::string selector;
  DkimAlgorithm algorithm = DkimAlgorithm::ed25519_sha256;
};

// Letters, digits and hyphens in labels of at most 63 characters; a selector may have several labels.
bool is_dns_name(std::string_view text);
// Whether a signature of `domain` speaks for an email from `from_domain`: the same, or one above it. Either case.
bool covers(std::string_view domain, std::string_view from_domain);

// Where the public key stands: "selector._domainkey.domain".
std::string dkim_record_name(std::string_view domain, std::string_view selector);
// The TXT record's text. `public_key`: SubjectPublicKeyInfo in DER for RSA, the 32 raw bytes for Ed25519.
std::string dkim_record_text(DkimAlgorithm algorithm, BytesView public_key);
// The same as it stands in a zone file: strings of at most 255 characters, quoted.
std::string dkim_zone_line(std::string_view name, std::string_view text);

// A message ready to be signed: by several keys, its body is hashed once.
class DkimMessage {
 public:
  // A signature without its last tag's value.
  struct Draft {
    std::string header;       // "DKIM-Signature: …; b=", folded, no line end
    std::string signed_text;  // what the private key signs: SHA-256 of it for both algorithms
  };

  // `message` is headers, an empty line and a body, with CRLF line ends. invalid_input when it has no header block
  // or no From.
  static Result<DkimMessage> read(std::string_view message);

  // Signs the headers that say who wrote what to whom and how to unsubscribe, and From once more than it occurs, so
  // that nobody can add a second one.
  Draft draft(const DkimIdentity& identity, UtcTime at) const;

 private:
  struct Header {
    std::string_view name;  // as written
    std::string canonical;  // relaxed, with CRLF
  };
  std::vector<Header> headers_;
  std::string body_hash_;  // base64
};

// The header line with the signature in it, folded, with CRLF.
std::string finish_signature(const DkimMessage::Draft& draft, BytesView signature);

// RFC 6376 section 3.4.2, with CRLF at the end; section 3.4.4. Linear in their input.
std::string relaxed_header(std::string_view name, std::string_view value);
std::string relaxed_body(std::string_view body);

}  // namespace postroom::email
