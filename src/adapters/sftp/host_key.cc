#include "adapters/sftp/host_key.h"

#include "base/key_ring.h"
#include "base/text.h"

namespace postroom::sftp {
namespace {

constexpr std::string_view kFingerprintStart = "SHA256:";
constexpr std::size_t kDigestBytes = 32;

bool is_key_type(std::string_view word) { return word.starts_with("ssh-") || word.starts_with("ecdsa-sha2-"); }

// A key blob starts with its type as a counted string (RFC 4253, 6.6).
bool blob_has_type(BytesView blob, std::string_view type) {
  if (blob.size() < 4 + type.size()) return false;
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(blob[i]);
  return length == type.size() && blob.substr(4, length) == type;
}

Result<HostKeyPin> parse_line(std::string_view line) {
  std::vector<std::string> words;
  for (std::string& word : split(line, ' ')) {
    if (!word.empty()) words.push_back(std::move(word));
  }
  if (words.size() == 1 && words[0].starts_with(kFingerprintStart)) {
    auto digest =
        from_base64url(replace_all(replace_all(words[0].substr(kFingerprintStart.size()), "+", "-"), "/", "_"));
    if (digest && digest->size() == kDigestBytes) return HostKeyPin{fingerprint_of_digest(*digest), ""};
  }
  for (std::size_t i = 0; i + 1 < words.size() && i < 2; ++i) {
    if (!is_key_type(words[i])) continue;
    auto blob = from_base64(words[i + 1]);
    if (blob && blob_has_type(*blob, words[i])) return HostKeyPin{fingerprint_of_digest(sha256(*blob)), words[i]};
  }
  return fail(ErrorKind::invalid_input,
              "print.sftp_host_key is neither a key (\"ssh-ed25519 AAAA…\") nor a fingerprint (\"SHA256:…\"); "
              "ssh-keyscan HOST shows the first, the print house confirms it");
}

}  // namespace

std::string fingerprint_of_digest(BytesView digest) {
  std::string text = to_base64(digest);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return std::string(kFingerprintStart) + text;
}

Result<std::vector<HostKeyPin>> parse_host_keys(std::string_view text) {
  std::vector<HostKeyPin> pins;
  for (const std::string& full : split(replace_all(replace_all(text, ";", "\n"), "\t", " "), '\n')) {
    std::string_view line = trim(full);
    if (line.empty() || line.front() == '#') continue;
    POSTROOM_TRY(pin, parse_line(line));
    pins.push_back(std::move(pin));
  }
  if (pins.empty()) {
    return fail(
        ErrorKind::invalid_input,
        "print.sftp_host_key is empty: letters go to a server only when its key is known. Ask the print house "
        "for the line \"ssh-ed25519 AAAA…\" or the fingerprint \"SHA256:…\" of its server");
  }
  return pins;
}

}  // namespace postroom::sftp
