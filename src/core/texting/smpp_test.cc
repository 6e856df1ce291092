// PDUs and receipts. Varied: cuts in the stream, lengths that lie, forms of receipts and ids that servers use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/texting/smpp_pdu.h"
#include "core/texting/smpp_receipt.h"

namespace postroom::texting::smpp {
namespace {

Message a_message() {
  Message m;
  m.source = {5, 0, "COUNCIL"};
  m.destination = {1, 1, "447900900123"};
  m.esm_class = kHasUserDataHeader;
  m.registered_delivery = 1;
  m.data_coding = 8;
  m.short_message = Bytes("\x05\x00\x03\x01\x02\x01\x00\x61", 8);
  m.tlvs = {{kTagSarReference, Bytes("\x00\x07", 2)}, {kTagSarParts, "\x02"}};
  return m;
}

TEST(SmppPdu, TheHeaderIsFourNumbers) {
  const Bytes bytes = encode({.command = Command::enquire_link, .sequence = 0x01020304});
  EXPECT_EQ(bytes, Bytes("\0\0\0\x10\0\0\0\x15\0\0\0\0\x01\x02\x03\x04", 16));
}

TEST(SmppPdu, AStreamCutAnywhereGivesTheSamePdus) {
  const Pdu first{.command = Command::submit_sm, .sequence = 7, .body = encode(a_message())};
  const Pdu second{.command = Command::enquire_link, .sequence = 8, .body = {}};
  const Bytes stream = encode(first) + encode(second);
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    Framer framer;
    std::vector<Pdu> read;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      framer.feed(std::string_view(stream).substr(at, step));
      for (;;) {
        auto pdu = framer.next();
        ASSERT_TRUE(pdu);
        if (!*pdu) break;
        read.push_back(std::move(**pdu));
      }
    }
    EXPECT_THAT(read, testing::ElementsAre(first, second)) << step;
  }
}

TEST(SmppPdu, ManyThatComeTogetherTakeTimeOfTheirSum) {
  constexpr int kCount = 200'000;
  Bytes stream;
  for (std::uint32_t i = 0; i < kCount; ++i)
    stream += encode(Pdu{.command = Command::enquire_link, .sequence = i, .body = {}});
  Framer framer;
  framer.feed(stream);
  std::uint32_t read = 0;
  for (auto pdu = framer.next(); pdu && *pdu; pdu = framer.next()) ASSERT_EQ((*pdu)->sequence, read++);
  EXPECT_EQ(read, kCount);
}

TEST(SmppPdu, ALengthThatCannotBeLosesTheStream) {
  for (const Bytes& start : {Bytes("\0\0\0\x0F", 4), Bytes("\xFF\xFF\xFF\xFF", 4), Bytes("\0\2\0\0", 4)}) {
    Framer framer;
    framer.feed(start);
    EXPECT_EQ(framer.next().error().kind, ErrorKind::invalid_input);
  }
}

TEST(SmppPdu, MessagesComeBack) {
  auto read = read_message(encode(a_message()));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, a_message());
  EXPECT_EQ(read->content(), a_message().short_message);
  Message payload;
  payload.tlvs = {{kTagPayload, Bytes(300, 'x')}};
  EXPECT_EQ(read_message(encode(payload))->content(), Bytes(300, 'x'));
  Message longest = a_message();
  longest.short_message = Bytes(kShortMessageBytesMax, 'x');
  EXPECT_EQ(read_message(encode(longest)), longest);
}

TEST(SmppPdu, EveryCutOfAMessageIsRefusedOrRead) {
  const Bytes whole = encode(a_message());
  const std::size_t before_tlvs = whole.size() - 6 - 5;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const bool is_between = size == before_tlvs || size == before_tlvs + 6;
    EXPECT_EQ(read_message(std::string_view(whole).substr(0, size)).has_value(), is_between) << size;
  }
}

TEST(SmppPdu, TextsCannotLeaveTheirFields) {
  Message m = a_message();
  m.source.text = std::string("A\0B", 3);
  EXPECT_EQ(read_message(encode(m))->source.text, "A");
  m.source.text = std::string(100, '1');
  EXPECT_EQ(read_message(encode(m))->source.text.size(), 20u);
  EXPECT_EQ(encode(Bind{"id", "12345678901", "", ""}), Bytes("id\0"
                                                             "12345678\0\0\x34\0\0\0",
                                                             3 + 9 + 1 + 4));
}

Message a_receipt(std::string text) {
  Message m;
  m.esm_class = kTypeReceipt;
  m.short_message = std::move(text);
  return m;
}

TEST(SmppReceipt, TheTextOfTheAppendixIsRead) {
  auto receipt =
      read_receipt(a_receipt("id:0123456789 sub:001 dlvrd:001 submit date:2605141200 done date:2605141201 "
                             "stat:DELIVRD err:000 text:Hello id:9 stat:UNDELIV"));
  ASSERT_TRUE(receipt && *receipt);
  EXPECT_EQ(**receipt, (Receipt{"0123456789", "DELIVRD", "000"}));
  receipt = read_receipt(a_receipt("ID:ab-1f Stat:Undeliverable Err:27"));
  EXPECT_EQ(**receipt, (Receipt{"ab-1f", "UNDELIV", "27"}));
}

TEST(SmppReceipt, ParametersWin) {
  Message m = a_receipt("id:1 stat:DELIVRD err:000");
  m.tlvs = {{kTagReceiptedId, Bytes("abc\0", 4)}, {kTagMessageState, "\x05"}};
  EXPECT_EQ(**read_receipt(m), (Receipt{"abc", "UNDELIV", "000"}));
  m.esm_class = 0;
  EXPECT_EQ((*read_receipt(m))->state, "UNDELIV") << "known by its parameters";
  m.esm_class = kTypeIntermediate;
  EXPECT_EQ((*read_receipt(m))->state, "ENROUTE");
}

TEST(SmppReceipt, AReceivedTextIsNone) {
  Message m = a_receipt("id:1 stat:DELIVRD");
  m.esm_class = 0;
  auto receipt = read_receipt(m);
  ASSERT_TRUE(receipt);
  EXPECT_FALSE(*receipt);
}

TEST(SmppReceipt, OneWithoutIdOrStateIsAFault) {
  for (const char* text : {"", "id:1", "stat:DELIVRD", "id: stat:DELIVRD", "mid:1 stat:DELIVRD"})
    EXPECT_EQ(read_receipt(a_receipt(text)).error().kind, ErrorKind::invalid_input) << text;
}

TEST(SmppReceipt, FormsOfIds) {
  struct Case {
    IdForm form;
    const char *answer, *receipt;
  };
  for (const Case& c : {Case{IdForm::same, "1A2B", "1a2b"}, Case{IdForm::same, "42", "0000000042"},
                        Case{IdForm::hex_in_answer, "2A", "42"}, Case{IdForm::hex_in_answer, "0000002a", "0042"},
                        Case{IdForm::hex_in_receipt, "42", "2A"}, Case{IdForm::hex_in_answer, "not-hex", "not-hex"},
                        Case{IdForm::same, "0", "000"}})
    EXPECT_EQ(id_of_answer(c.answer, c.form), id_of_receipt(c.receipt, c.form)) << c.answer;
  EXPECT_EQ(id_of_answer("FFFFFFFFFFFFFFFF", IdForm::hex_in_answer), "18446744073709551615");
  EXPECT_EQ(id_of_answer("1FFFFFFFFFFFFFFFF", IdForm::hex_in_answer), "1ffffffffffffffff") << "too long to convert";
}

}  // namespace
}  // namespace postroom::texting::smpp
