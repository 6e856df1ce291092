// Letters for tests and benchmarks.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/letter_renderer.h"

namespace postroom::harfbuzz::testing {

inline ports::LetterLine a_line(std::string_view text) { return {{{std::string(text), false}}}; }

inline ports::LetterParagraph a_paragraph(std::string_view text) { return {{a_line(text)}}; }

inline ports::LetterHeading a_heading(std::string_view text) { return {{a_line(text)}}; }

inline ports::LetterList a_list(bool numbered, std::vector<std::string> items) {
  ports::LetterList list{.numbered = numbered};
  for (const std::string& item : items) list.items.push_back({{a_line(item)}, {}});
  return list;
}

// Address, contact block, date and subject, and no blocks yet.
inline ports::LetterInput an_empty_letter() {
  return {.address_lines = {"Ms A Resident", "14 Example Street", "Little Testing", "Exampleshire", "EX1 2AB"},
          .contact_lines = {"Council Tax Team", "Exampleton Council", "Civic Centre", "1 High Street", "Exampleton",
                            "EX1 1AA", "", "Telephone: 01632 960 001", "council.tax@example.gov.uk"},
          .date = "1 July 2026",
          .subject = "Your council tax bill for 2026 to 2027",
          .blocks = {}};
}

// Two pages, some 2,400 characters, of the kind a council sends.
inline ports::LetterInput a_two_page_letter() {
  ports::LetterInput letter = an_empty_letter();
  auto& blocks = letter.blocks;
  blocks.emplace_back(a_paragraph("Dear Ms Resident"));
  blocks.emplace_back(
      a_paragraph("We are writing to tell you how much council tax you need to pay for the year from 1 April 2026 "
                  "to 31 March 2027, "
                  "and how you can pay it. Please keep this letter, as it is your bill."));
  blocks.emplace_back(a_heading("What you need to pay"));
  blocks.emplace_back(a_paragraph(
      "Your home is in valuation band C. The charge for this band is £1,892.40. We have taken off a discount of "
      "25%, "
      "because our records say that you are the only adult who lives there. The amount left to pay is £1,419.30."));
  ports::LetterParagraph pay;
  pay.lines.push_back({{{"You can pay online at ", false},
                        {"www.example.gov.uk/council\u2011tax", true},
                        {" with a debit or credit card.", false}}});
  blocks.emplace_back(std::move(pay));
  blocks.emplace_back(a_paragraph("When you pay, you need:"));
  blocks.emplace_back(
      a_list(false, {"your account number, which is 4410 9923 7", "the amount you want to pay",
                     "an email address or a phone number, so that we can send you a receipt; we do not use it for "
                     "anything else and we delete it after 28 days"}));
  blocks.emplace_back(a_heading("If you want to pay by Direct Debit"));
  blocks.emplace_back(
      a_paragraph("Paying by Direct Debit is the easiest way. You do not have to remember when to pay, and you can "
                  "choose one of four dates in the month."));
  blocks.emplace_back(
      a_list(true, {"Go to www.example.gov.uk/direct\u2011debit", "Enter your account number and your bank details",
                    "Choose the date on which you want to pay"}));
  blocks.emplace_back(a_heading("If something is wrong"));
  blocks.emplace_back(a_paragraph(
      "Tell us within 21 days if anything in this letter is wrong, if you have moved, or if someone has moved in "
      "with you. You may "
      "have to pay a penalty of £70 if you don’t tell us about a change and pay too little because of it."));
  blocks.emplace_back(
      a_paragraph("If you find it hard to pay, please talk to us as early as you can. We can look at whether you "
                  "can get council tax "
                  "reduction, spread your payments over 12 months instead of 10, or put you in touch with people "
                  "who give free and "
                  "independent advice about money – for example Citizens Advice."));
  blocks.emplace_back(a_heading("How to appeal"));
  blocks.emplace_back(
      a_paragraph("You can appeal if you think that your home should not be charged, that you are not the person "
                  "who should pay, or that we "
                  "worked out the amount wrongly. Write to us at the address at the top of this letter and say why "
                  "you do not agree. You have "
                  "to go on paying while we look at your appeal."));
  blocks.emplace_back(a_paragraph("Yours sincerely"));
  blocks.emplace_back(ports::LetterParagraph{{a_line("Siân Ŵyn\u2011Jones"), a_line("Head of Revenues")}});
  return letter;
}

}  // namespace postroom::harfbuzz::testing
