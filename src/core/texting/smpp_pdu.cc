#include "core/texting/smpp_pdu.h"

#include <fmt/format.h>

#include <algorithm>

namespace postroom::texting::smpp {
namespace {

// Sizes of fields with their zero byte (SMPP 3.4, section 4).
constexpr std::size_t kSystemIdSize = 16, kPasswordSize = 9, kSystemTypeSize = 13, kRangeSize = 41;
constexpr std::size_t kServiceTypeSize = 6, kAddressSize = 21, kTimeSize = 17;
constexpr char kVersion = 0x34;

void put_32(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}
void put_16(Bytes& out, std::uint16_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xFF);
}
void put_8(Bytes& out, std::uint8_t value) { out += static_cast<char>(value); }
void put_text(Bytes& out, std::string_view text, std::size_t size) {
  // A zero inside would end the field and shift all that follow.
  text = text.substr(0, std::min(text.find('\0'), size - 1));
  out += text;
  out += '\0';
}

std::uint32_t get_32(BytesView bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  return out;
}

// Takes fields from the front; once one is missing all are.
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_(bytes) {}
  bool is_good() const { return good_; }
  bool is_empty() const { return rest_.empty(); }

  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).empty() ? 0 : last_[0]); }
  std::uint16_t word() {
    const BytesView two = take(2);
    return two.empty() ? std::uint16_t{0}
                       : static_cast<std::uint16_t>(static_cast<unsigned char>(two[0]) << 8 |
                                                    static_cast<unsigned char>(two[1]));
  }
  BytesView take(std::size_t size) {
    if (!good_ || rest_.size() < size) {
      good_ = false;
      return last_ = {};
    }
    last_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return last_;
  }
  std::string text(std::size_t size) {
    const std::size_t end = rest_.substr(0, size).find('\0');
    if (!good_ || end == BytesView::npos) {
      good_ = false;
      return {};
    }
    std::string out(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return out;
  }

 private:
  BytesView rest_, last_;
  bool good_ = true;
};

Address read_address(Reader& reader) {
  Address out;
  out.ton = reader.byte();
  out.npi = reader.byte();
  out.text = reader.text(kAddressSize);
  return out;
}

void put_address(Bytes& out, const Address& address) {
  put_8(out, address.ton);
  put_8(out, address.npi);
  put_text(out, address.text, kAddressSize);
}

}  // namespace

Bytes encode(const Pdu& pdu) {
  Bytes out;
  out.reserve(kHeaderBytes + pdu.body.size());
  put_32(out, static_cast<std::uint32_t>(kHeaderBytes + pdu.body.size()));
  put_32(out, static_cast<std::uint32_t>(pdu.command));
  put_32(out, pdu.status);
  put_32(out, pdu.sequence);
  return out += pdu.body;
}

void Framer::feed(BytesView bytes) {
  buffer_.erase(0, taken_);
  taken_ = 0;
  buffer_.append(bytes);
}

Result<std::optional<Pdu>> Framer::next() {
  const BytesView rest = BytesView(buffer_).substr(taken_);
  if (rest.size() < 4) return std::optional<Pdu>();
  const std::size_t length = get_32(rest, 0);
  if (length < kHeaderBytes || length > kPduBytesMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("an SMPP PDU of {} bytes: they have {} to {}", length, kHeaderBytes, kPduBytesMax));
  }
  if (rest.size() < length) return std::optional<Pdu>();
  Pdu pdu{.command = static_cast<Command>(get_32(rest, 4)),
          .status = get_32(rest, 8),
          .sequence = get_32(rest, 12),
          .body = Bytes(rest.substr(kHeaderBytes, length - kHeaderBytes))};
  taken_ += length;
  return std::optional(std::move(pdu));
}

Bytes encode(const Bind& bind) {
  Bytes out;
  put_text(out, bind.system_id, kSystemIdSize);
  put_text(out, bind.password, kPasswordSize);
  put_text(out, bind.system_type, kSystemTypeSize);
  out += kVersion;
  put_8(out, 0);
  put_8(out, 0);
  put_text(out, bind.address_range, kRangeSize);
  return out;
}

const Bytes* Message::tlv(std::uint16_t tag) const {
  for (const Tlv& tlv : tlvs) {
    if (tlv.tag == tag) return &tlv.value;
  }
  return nullptr;
}

BytesView Message::content() const {
  const Bytes* payload = tlv(kTagPayload);
  return payload != nullptr && short_message.empty() ? BytesView(*payload) : BytesView(short_message);
}

Bytes encode(const Message& m) {
  Bytes out;
  put_text(out, m.service_type, kServiceTypeSize);
  put_address(out, m.source);
  put_address(out, m.destination);
  put_8(out, m.esm_class);
  put_8(out, m.protocol_id);
  put_8(out, m.priority);
  put_text(out, m.schedule, kTimeSize);
  put_text(out, m.validity, kTimeSize);
  put_8(out, m.registered_delivery);
  put_8(out, m.replace);
  put_8(out, m.data_coding);
  put_8(out, m.default_message);
  const BytesView text = BytesView(m.short_message).substr(0, kShortMessageBytesMax);
  put_8(out, static_cast<std::uint8_t>(text.size()));
  out += text;
  for (const Tlv& tlv : m.tlvs) {
    const BytesView value = BytesView(tlv.value).substr(0, 0xFFFF);
    put_16(out, tlv.tag);
    put_16(out, static_cast<std::uint16_t>(value.size()));
    out += value;
  }
  return out;
}

Result<Message> read_message(BytesView body) {
  Reader reader(body);
  Message m;
  m.service_type = reader.text(kServiceTypeSize);
  m.source = read_address(reader);
  m.destination = read_address(reader);
  m.esm_class = reader.byte();
  m.protocol_id = reader.byte();
  m.priority = reader.byte();
  m.schedule = reader.text(kTimeSize);
  m.validity = reader.text(kTimeSize);
  m.registered_delivery = reader.byte();
  m.replace = reader.byte();
  m.data_coding = reader.byte();
  m.default_message = reader.byte();
  const std::size_t length = reader.byte();
  m.short_message = Bytes(reader.take(length));
  while (reader.is_good() && !reader.is_empty()) {
    Tlv tlv;
    tlv.tag = reader.word();
    const std::size_t size = reader.word();
    tlv.value = Bytes(reader.take(size));
    if (reader.is_good()) m.tlvs.push_back(std::move(tlv));
  }
  if (!reader.is_good()) return fail(ErrorKind::invalid_input, "an SMPP message whose fields run over its end");
  return m;
}

std::string read_response_text(BytesView body) { return std::string(body.substr(0, body.find('\0'))); }

Bytes response_text(std::string_view text) {
  Bytes out(text.substr(0, text.find('\0')));
  return out += '\0';
}

}  // namespace postroom::texting::smpp
