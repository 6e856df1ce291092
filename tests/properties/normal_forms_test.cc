// Normalising twice gives what normalising once gives. Inputs are those of the vector files, cut up and mixed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "base/json.h"
#include "base/text.h"
#include "core/content/display_text.h"
#include "core/content/personalisation.h"
#include "core/content/text_rules.h"
#include "core/recipients/countries.h"
#include "core/recipients/email_address.h"
#include "core/recipients/phone_number.h"
#include "core/recipients/plain_text.h"
#include "core/recipients/postal_address.h"
#include "generators.h"

namespace postroom::properties {
namespace {

using namespace recipients;

// The "input" of every row of a file in tests/data.
const std::vector<std::string>& inputs_of(const std::string& file) {
  static std::map<std::string, std::vector<std::string>> known;
  std::vector<std::string>& inputs = known[file];
  if (!inputs.empty()) return inputs;
  std::ifstream in(POSTROOM_SOURCE_DIR "/tests/data/" + file + ".json");
  std::stringstream text;
  text << in.rdbuf();
  auto document = parse_json(text.str());
  if (document) {
    for (const json::value& row : document->at("vectors").as_array()) {
      if (auto input = get_string(row.as_object(), "input")) inputs.push_back(*input);
    }
  }
  return inputs;
}

// An input of the file, as it is or with pieces around and inside.
rc::Gen<std::string> near_inputs_of(const std::string& file, const std::vector<std::string>& pieces) {
  return rc::gen::apply(
      [](std::string input, const std::string& piece, std::size_t at, int how) {
        if (how == 0) return input;
        std::size_t position = input.empty() ? 0 : at % (input.size() + 1);
        if (how == 1) return input.insert(position, piece);
        return piece + input + piece;
      },
      rc::gen::elementOf(inputs_of(file)), text_of(pieces), rc::gen::arbitrary<std::size_t>(),
      rc::gen::inRange(0, 3));
}

RC_GTEST_PROP(NormalForms, OfPhoneNumbersStay, ()) {
  auto number =
      PhoneNumber::parse(*near_inputs_of("phone_numbers", joined(kSpaces, {"0", "4", "+", "(", ")", "-"})));
  if (!number) return;
  auto again = PhoneNumber::parse("+" + number->normalised());
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->normalised() == number->normalised());
  RC_ASSERT(again->is_international() == number->is_international());
}

RC_GTEST_PROP(NormalForms, OfEmailAddressesStay, ()) {
  auto address =
      EmailAddress::parse(*near_inputs_of("email_addresses", joined(kSpaces, {"A", "é", "İ", ".", "@", "-", "ß"})));
  if (!address) return;
  std::string once = address->normalised();
  RC_ASSERT(normalise_email_text(once) == once);
  auto again = EmailAddress::parse(address->text());
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->text() == address->text());
}

const std::vector<std::string> kAddressPieces =
    joined(joined(kSpaces, {"\n", "\n", "\n", ",", ".", " ,", "Ms A", "1 Test Lane", "12"}),
           {"EH1 2AB", "sw1a1aa", "England", "uk", "Cymru", "BFPO 12", "bfpo c/o 0007", "BFPO", "Jersey"});

void check_address(const std::string& text) {
  PostalAddress once = PostalAddress::read(text);
  // A country above a name of the United Kingdom is a line like others until that name is removed; then it counts.
  auto is_abroad = [](const std::string& line) {
    auto country = find_country(line);
    return country && country->zone != PostageZone::united_kingdom;
  };
  if (!once.is_international() && std::ranges::any_of(once.lines(), is_abroad)) return;
  PostalAddress again = PostalAddress::read(join(once.lines(), "\n"));
  RC_ASSERT(again.lines() == once.lines());
  RC_ASSERT(again.postcode() == once.postcode());
  RC_ASSERT(again.bfpo_number() == once.bfpo_number());
  RC_ASSERT(again.check(true) == once.check(true));
  RC_ASSERT(again.check(false) == once.check(false));
}

RC_GTEST_PROP(NormalForms, OfAddressesStay, ()) { check_address(*text_of(kAddressPieces)); }

RC_GTEST_PROP(NormalForms, OfAddressesOfTheVectorsStay, ()) {
  check_address(*near_inputs_of("postal_addresses", kAddressPieces));
}

RC_GTEST_PROP(NormalForms, OfAddressesAbroadStay, ()) {
  std::string above = *text_of({" ", "\n", ",", "Ms A", "1 Rue", "EH1 2AB", "BFPO 12"});
  check_address(above + "\n" + *rc::gen::elementOf(inputs_of("countries")));
}

RC_GTEST_PROP(NormalForms, OfPostcodesStay, ()) {
  std::string text = *rc::gen::oneOf(text_of({"E", "H", "1", "2", "A", "B", " ", "sw", "\u00a0", "GIR", "0AA"}),
                                     rc::gen::map(rc::gen::inRange(0, 1000), [](int i) {
                                       return "eh" + std::to_string(i % 100) + std::string(i % 3, ' ') + "2ab";
                                     }));
  auto once = format_postcode(text);
  if (once) RC_ASSERT(format_postcode(*once) == once);
}

const std::vector<std::string> kWords =
    joined(kSpaces, {"a", "B",    "_",  "-", ".", "..", "É", "e\u0301", "İ", "ß",    "Σ",    "ΑΣ", "ŵ",
                     "½", "日本", "한", "&", "'", "(",  ")", "ﬁ",       "Ǆ", "\xFF", "\xC3", "🙂", ","});

RC_GTEST_PROP(NormalForms, OfKeysStay, ()) {
  std::string text = *text_of(kWords);
  std::string once = content::personalisation_key(text);
  RC_ASSERT(content::personalisation_key(once) == once);
  RC_ASSERT(column_key(text) == once);
}

RC_GTEST_PROP(NormalForms, OfNamesStay, ()) {
  std::string text = *text_of(kWords);
  std::string local_part = content::email_local_part(text);
  RC_ASSERT(content::email_local_part(local_part) == local_part);
  std::string id = content::html_id(text);
  RC_ASSERT(content::html_id(id) == id);
}

RC_GTEST_PROP(NormalForms, OfWhiteSpaceStay, ()) {
  std::string text = *text_of(kWords);
  auto stays = [&](auto normalise) {
    std::string once(normalise(text));
    RC_ASSERT(std::string(normalise(once)) == once);
  };
  stays([](const std::string& t) { return content::strip_obscure(t); });
  stays([](const std::string& t) { return content::normalise_space(t); });
  stays([](const std::string& t) { return content::normalise_lines(t); });
  stays([](const std::string& t) { return content::collapse_blank_lines(t); });
  stays([](const std::string& t) { return content::tidy_punctuation(t); });
  stays([](const std::string& t) { return to_plain_ascii(t); });
  // Both folders have these rules, and they agree.
  RC_ASSERT(content::strip_obscure(text) == recipients::strip_obscure(text));
  RC_ASSERT(content::normalise_space(text) == normalise_spaces(text));
  RC_ASSERT(content::tidy_punctuation(text) == remove_blanks_before_punctuation(text));
}

}  // namespace
}  // namespace postroom::properties
