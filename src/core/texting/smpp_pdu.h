// Protocol data units of SMPP 3.4, as far as a client that sends and receives texts needs them. Integers are big
// end first; C-octet strings end with a zero byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::texting::smpp {

inline constexpr std::size_t kHeaderBytes = 16;
inline constexpr std::size_t kPduBytesMax = 70 * 1024;     // a message_payload has at most 64 KiB
inline constexpr std::size_t kShortMessageBytesMax = 255;  // the standard has 254; servers use the whole byte

inline constexpr std::uint32_t kIsResponse = 0x80000000;
enum class Command : std::uint32_t {
  generic_nack = 0x80000000,
  bind_transceiver = 0x09,
  bind_transceiver_resp = 0x80000009,
  submit_sm = 0x04,
  submit_sm_resp = 0x80000004,
  deliver_sm = 0x05,
  deliver_sm_resp = 0x80000005,
  unbind = 0x06,
  unbind_resp = 0x80000006,
  enquire_link = 0x15,
  enquire_link_resp = 0x80000015,
};

// Values of command_status.
inline constexpr std::uint32_t kOk = 0x00;
inline constexpr std::uint32_t kInvalidLength = 0x01;
inline constexpr std::uint32_t kInvalidCommand = 0x03;
inline constexpr std::uint32_t kWrongBindState = 0x04;
inline constexpr std::uint32_t kInvalidSource = 0x0A;
inline constexpr std::uint32_t kInvalidDestination = 0x0B;
inline constexpr std::uint32_t kQueueFull = 0x14;
inline constexpr std::uint32_t kThrottled = 0x58;
inline constexpr std::uint32_t kTemporaryAppError = 0x64;

struct Pdu {
  Command command = Command::generic_nack;  // may be a number that has no name here
  std::uint32_t status = kOk;
  std::uint32_t sequence = 0;
  Bytes body;

  bool is_response() const { return (static_cast<std::uint32_t>(command) & kIsResponse) != 0; }
  friend bool operator==(const Pdu&, const Pdu&) = default;
};
Bytes encode(const Pdu& pdu);

// Puts PDUs together from a stream of bytes.
class Framer {
 public:
  void feed(BytesView bytes);
  // Nothing while the next one is incomplete. invalid_input when its length cannot be right: the stream is lost.
  Result<std::optional<Pdu>> next();

 private:
  Bytes buffer_;
  std::size_t taken_ = 0;  // of buffer_: moved away at once, not for each PDU
};

struct Bind {
  std::string system_id, password, system_type, address_range;
};
Bytes encode(const Bind& bind);

inline constexpr std::uint16_t kTagPayload = 0x0424;
inline constexpr std::uint16_t kTagReceiptedId = 0x001E;
inline constexpr std::uint16_t kTagMessageState = 0x0427;
inline constexpr std::uint16_t kTagSarReference = 0x020C;
inline constexpr std::uint16_t kTagSarParts = 0x020E;
inline constexpr std::uint16_t kTagSarPart = 0x020F;

struct Tlv {
  std::uint16_t tag = 0;
  Bytes value;
  friend bool operator==(const Tlv&, const Tlv&) = default;
};

struct Address {
  std::uint8_t ton = 0;  // type of number
  std::uint8_t npi = 0;  // numbering plan
  std::string text;
  friend bool operator==(const Address&, const Address&) = default;
};

inline constexpr std::uint8_t kHasUserDataHeader = 0x40;  // bits of esm_class
inline constexpr std::uint8_t kMessageTypeMask = 0x3C;
inline constexpr std::uint8_t kTypeReceipt = 0x04;
inline constexpr std::uint8_t kTypeIntermediate = 0x20;

// The body of submit_sm and deliver_sm.
struct Message {
  std::string service_type;
  Address source, destination;
  std::uint8_t esm_class = 0;
  std::uint8_t protocol_id = 0;
  std::uint8_t priority = 0;
  std::string schedule, validity;
  std::uint8_t registered_delivery = 0;
  std::uint8_t replace = 0;
  std::uint8_t data_coding = 0;
  std::uint8_t default_message = 0;
  Bytes short_message;  // kShortMessageBytesMax at most
  std::vector<Tlv> tlvs;

  const Bytes* tlv(std::uint16_t tag) const;
  // message_payload where there is one, else short_message.
  BytesView content() const;
  friend bool operator==(const Message&, const Message&) = default;
};
// Too long texts are cut to what their fields hold.
Bytes encode(const Message& message);
// invalid_input when a field runs over the end.
Result<Message> read_message(BytesView body);

// The first C-octet string of a response: message_id, or system_id. Empty when there is none.
std::string read_response_text(BytesView body);
// A body that is one C-octet string.
Bytes response_text(std::string_view text);

}  // namespace postroom::texting::smpp
