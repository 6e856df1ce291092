// Feeds arbitrary bytes to the reader of SMPP's stream, cut at a place of its choice. Whatever it takes for a PDU
// must survive being written and read again, and text must come out as well-formed UTF-8.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "core/texting/smpp_pdu.h"
#include "core/texting/smpp_receipt.h"
#include "core/texting/text_parts.h"

namespace {

using namespace postroom;
using namespace postroom::texting;

void must(bool holds) {
  if (!holds) std::abort();
}

void check(const smpp::Message& message) {
  auto again = smpp::read_message(smpp::encode(message));
  must(again.has_value() && *again == message);
  if (auto receipt = smpp::read_receipt(message); receipt && *receipt) {
    must(!(*receipt)->message_id.empty() && !(*receipt)->state.empty());
    for (auto form : {smpp::IdForm::same, smpp::IdForm::hex_in_answer, smpp::IdForm::hex_in_receipt})
      must(!smpp::id_of_receipt((*receipt)->message_id, form).empty());
  }
  const std::string_view content = message.content();
  auto data = read_user_data(content);
  const std::string_view rest = data ? data->rest : content;
  must(is_valid_utf8(from_gsm(rest)) && is_valid_utf8(from_ucs2(rest)) && is_valid_utf8(from_latin1(rest)));
  std::string joined;
  for (const Bytes& part : split_gsm(rest)) {
    must(part.size() <= kSeptetsAlone);
    joined += part;
  }
  must(joined == rest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto message = smpp::read_message(bytes)) check(*message);
  smpp::Framer framer;
  const std::size_t cut = size == 0 ? 0 : data[size - 1] % size;
  for (std::string_view part : {bytes.substr(0, cut), bytes.substr(cut)}) {
    framer.feed(part);
    for (;;) {
      auto pdu = framer.next();
      if (!pdu || !*pdu) break;
      smpp::Framer again;
      again.feed(smpp::encode(**pdu));
      auto read = again.next();
      must(read.has_value() && read->has_value() && **read == **pdu);
      if (auto message = smpp::read_message((*pdu)->body)) check(*message);
    }
  }
  return 0;
}
