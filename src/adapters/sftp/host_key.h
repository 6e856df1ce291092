// Pinned keys of the print house's server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::sftp {

struct HostKeyPin {
  std::string fingerprint;  // "SHA256:" and 43 characters of base64, as OpenSSH shows it
  std::string type;         // "ssh-ed25519"; empty when only the fingerprint is known

  friend bool operator==(const HostKeyPin&, const HostKeyPin&) = default;
};

// Reads one pin a line (";" also separates), so that a second key can be pinned before the server changes to it:
// "SHA256:…", "ssh-ed25519 AAAA…", or a line of a known_hosts file. invalid_input when there is none, or one is
// neither.
Result<std::vector<HostKeyPin>> parse_host_keys(std::string_view text);

// The fingerprint of a key whose SHA-256 digest is given.
std::string fingerprint_of_digest(BytesView digest);

}  // namespace postroom::sftp
