// Parts of a letter's page: address block, sender block, date, limit of QR codes.
#include "base/time_zone.h"
#include "content_vectors.h"
#include "core/content/letter.h"
#include "core/recipients/address_block.h"

namespace postroom::vectors {
namespace {

using namespace content;

void check_address_block(const json::object& row) {
  std::vector<std::string> lines;
  for (const recipients::AddressBlockLine& line : recipients::address_block(values_object(row))) {
    lines.push_back(line.is_missing ? "⟦" + line.text + "⟧" : line.text);
  }
  EXPECT_EQ(lines, texts_of(row, "lines"));
}

void check_contact_block(const json::object& row) {
  LetterTemplate letter("", "", text_of(row, "contact_block"));
  EXPECT_EQ(mark_missing(letter.render_contact_html(values_of(row))), text_of(row, "html"));
}

void check_date(const json::object& row) {
  auto zone = TimeZone::load("Europe/London");
  ASSERT_TRUE(zone.has_value());
  auto created = parse_rfc3339(text_of(row, "created_at_utc"));
  ASSERT_TRUE(created.has_value());
  EXPECT_EQ(letter_date(zone->local_date(*created), text_of(row, "language") == "welsh"), text_of(row, "text"));
}

void check_qr_limit(const json::object& row) {
  auto fault = LetterTemplate("", text_of(row, "content")).find_long_qr_code(values_of(row));
  EXPECT_EQ(fault.has_value(), flag_of(row, "too_long"));
  if (!fault || !row.contains("num_bytes")) return;
  EXPECT_EQ(fault->bytes, size_of(row, "num_bytes"));
  EXPECT_EQ(fault->bytes_max, size_of(row, "max_bytes"));
}

void check(const json::object& row) {
  std::string category = text_of(row, "category");
  if (category == "address_block") {
    check_address_block(row);
  } else if (category == "contact_block") {
    check_contact_block(row);
  } else if (category == "date") {
    check_date(row);
  } else if (category == "qr_limit") {
    check_qr_limit(row);
  } else {
    POSTROOM_UNKNOWN_CATEGORY(row);
  }
}

const VectorFile kFile("letter_parts", check);

}  // namespace
}  // namespace postroom::vectors
