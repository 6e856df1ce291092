#include "core/letters/print_order.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace postroom::letters {
namespace {

using notifications::Postage;

PrintOrder an_order(std::string address, Postage postage = Postage::second) {
  return {.id = *NotificationId::parse("0d6a3c1e-aaaa-4000-8000-00000000000b"),
          .reference = "ABCDEFGHIJKLMNOP",
          .postage = postage,
          .address = std::move(address),
          .service_id = *ServiceId::parse("0d6a3c1e-aaaa-4000-8000-00000000000c"),
          .organisation = "",
          .callback_url = "https://api.example/notifications/letter/status?token=abc.def"};
}

json::object order_of(const PrintOrder& order, BytesView pdf = "%PDF") {
  auto text = print_order_json(order, pdf);
  return text ? parse_json(*text)->as_object() : json::object{};
}

TEST(PrintOrder, HT7_TheWholeBody) {
  EXPECT_EQ(*print_order_json(an_order("A Person\n1 High Street\nLS1 4AP", Postage::first), "%PDF-1"),
            R"({"id":"0d6a3c1e-aaaa-4000-8000-00000000000b",)"
            R"("standardParams":{"jobType":"NOTIFY","templateReference":"NOTIFY",)"
            R"("businessIdentifier":"ABCDEFGHIJKLMNOP","recipientName":"A Person",)"
            R"("address":{"unstructuredAddress":{"line1":"1 High Street","postcode":"LS1 4AP"}},)"
            R"("despatchMethod":"FIRST"},)"
            R"("customParams":[{"key":"pdfContent","value":"JVBERi0x"},)"
            R"({"key":"organisationIdentifier","value":""},)"
            R"({"key":"serviceIdentifier","value":"0d6a3c1e-aaaa-4000-8000-00000000000c"}],)"
            R"("callbackParams":{"target":"https://api.example/notifications/letter/status?token=abc.def",)"
            R"("retryParams":{"enabled":true,"maxRetryWindow":10800}}})");
}

TEST(PrintOrder, HT7_PO1_MethodsOfDespatch) {
  EXPECT_EQ(despatch_method(Postage::first), "FIRST");
  EXPECT_EQ(despatch_method(Postage::economy), "ECONOMY");
  EXPECT_EQ(despatch_method(Postage::europe), "INTERNATIONAL_EU");
  EXPECT_EQ(despatch_method(Postage::rest_of_world), "INTERNATIONAL_ROW");
  const auto second = order_of(an_order("A\nB\nN1 2AB"));
  EXPECT_FALSE(second.at("standardParams").as_object().contains("despatchMethod"));
}

TEST(PrintOrder, HT7_FormsOfAddress) {
  struct Row {
    const char* address;
    Postage postage;
    const char* expected;
  };
  const Row rows[] = {
      {"A\nB\nN1 2AB", Postage::second, R"({"unstructuredAddress":{"line1":"B","postcode":"N1 2AB"}})"},
      {"A\nb\nc\nd\ne\nf\nN1 2AB", Postage::second,
       R"({"unstructuredAddress":{"line1":"b","line2":"c","line3":"d","line4":"e","line5":"f","postcode":"N1 2AB"}})"},
      {"A\nB\nGermany", Postage::europe, R"({"internationalAddress":{"line1":"B","country":"Germany"}})"},
      {"A\nb\nc\nd\ne\nf\nThe Gambia", Postage::rest_of_world,
       R"({"internationalAddress":{"line1":"b","line2":"c","line3":"d","line4":"e","line5":"f","country":"The Gambia"}})"},
      {"A\nBF1 2AB\nBFPO 12", Postage::second,
       R"({"bfpoAddress":{"line1":"A","postcode":"BF1 2AB","bfpoNumber":12}})"},
      {"A\nB\nBFPO 12", Postage::first, R"({"bfpoAddress":{"line1":"A","line2":"B","bfpoNumber":12}})"},
      // Four lines have a place; the fifth shares it.
      {"A\nb\nc\nd\ne\nBF1 2AB\nBFPO 012", Postage::second,
       R"({"bfpoAddress":{"line1":"A","line2":"b","line3":"c","line4":"d, e","postcode":"BF1 2AB","bfpoNumber":12}})"},
      // The stored postage decides.
      {"A\nB\nN1 2AB", Postage::europe, R"({"internationalAddress":{"line1":"B","country":"N1 2AB"}})"},
      {"A\nB\nGermany", Postage::second, R"({"unstructuredAddress":{"line1":"B","postcode":"Germany"}})"},
  };
  for (const Row& row : rows) {
    const auto order = order_of(an_order(row.address, row.postage));
    ASSERT_TRUE(order.contains("standardParams")) << row.address;
    EXPECT_EQ(write_json(order.at("standardParams").at("address")), row.expected) << row.address;
    EXPECT_EQ(order.at("standardParams").at("recipientName"), "A") << row.address;
  }
}

TEST(PrintOrder, HT7_LongPartsAreCutAtWholeCharacters) {
  std::string name, line;
  for (int i = 0; i < 300; ++i) name += "é";
  for (int i = 0; i < 60; ++i) line += "é";
  const auto standard = order_of(an_order(name + "\n" + line + "\nN1 2AB")).at("standardParams").as_object();
  EXPECT_EQ(standard.at("recipientName").as_string().size(), 2 * kRecipientCharactersMax);
  EXPECT_EQ(standard.at("address").at("unstructuredAddress").at("line1").as_string().size(),
            2 * kOrderLineCharactersMax);
  const auto abroad = order_of(an_order("A\nB\n" + name, Postage::europe)).at("standardParams").as_object();
  EXPECT_EQ(abroad.at("address").at("internationalAddress").at("country").as_string().size(),
            2 * kOrderCountryCharactersMax);
  const auto odd = order_of(an_order("A\nB\nno postcode at all")).at("standardParams").as_object();
  EXPECT_EQ(odd.at("address").at("unstructuredAddress").at("postcode"), "no postcod");
}

TEST(PrintOrder, HT7_TooLittleAddressIsRefusedWithoutQuotingIt) {
  for (const char* address : {"", "Only A Name"}) {
    auto refused = print_order_json(an_order(address), "%PDF");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(refused.error().message.find("Only"), std::string::npos);
  }
  EXPECT_FALSE(print_order_json(an_order("A\nB\nBFPO 99999999999999999999999"), "%PDF"));
}

}  // namespace
}  // namespace postroom::letters
