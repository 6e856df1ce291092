// Signatures of callbacks: Standard Webhooks (https://www.standardwebhooks.com), symmetric v1 and asymmetric v1a.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/random.h"
#include "ports/callback_store.h"

namespace postroom::flows {

// The specification's bounds of a symmetric key, and what is made here.
inline constexpr std::size_t kWebhookKeyBytesMin = 24;
inline constexpr std::size_t kWebhookKeyBytesMax = 64;
inline constexpr std::size_t kWebhookKeyBytesMade = 32;
inline constexpr std::size_t kEd25519KeyBytes = 32;

// Header names, lower case as the specification writes them.
inline constexpr std::string_view kWebhookIdHeader = "webhook-id";
inline constexpr std::string_view kWebhookTimestampHeader = "webhook-timestamp";
inline constexpr std::string_view kWebhookSignatureHeader = "webhook-signature";

// "msg_" and 32 hexadecimal digits, and back (UUID text is read, too).
std::string webhook_id(ports::CallbackEventId id);
std::optional<ports::CallbackEventId> parse_webhook_id(std::string_view text);

// The same for the same things, another for others: `what` tells apart what happens to one subject.
ports::CallbackEventId callback_event_id(std::string_view kind, std::string_view subject, std::string_view what);

Bytes make_webhook_key(ports::CallbackKeyKind kind, Random& random);
// v1: "whsec_" and base64. v1a: "whpk_", the public key, which is all that a receiver needs. internal when the key
// is none of its kind.
Result<std::string> webhook_key_text(ports::CallbackKeyKind kind, BytesView key);
// Reads whsec_…, for keys that were made elsewhere. invalid_input says what is wrong with it.
Result<Bytes> parse_webhook_secret(std::string_view text);

// "v1,… v1a,…": one signature for each secret that has not ended at `now`, in their order; empty when there is
// none. `timestamp` in seconds since 1970 as in its header.
std::string webhook_signatures(std::span<const ports::CallbackSecret> secrets, UtcTime now, std::string_view id,
                               std::string_view timestamp, std::string_view body);

}  // namespace postroom::flows
