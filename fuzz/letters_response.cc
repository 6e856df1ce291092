// Files that the print house writes: responses, acknowledgements, and messages about them. The first byte chooses
// the parser; the rest is the file. What is held: no crash, and what is accepted is well formed.
#include <cstdint>
#include <cstdlib>

#include "core/letters/acknowledgement.h"
#include "core/letters/file_names.h"
#include "core/letters/response_file.h"
#include "core/letters/response_notification.h"

using namespace postroom;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TimeZone zone = TimeZone::load("Europe/London").value();
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      if (const auto lines = letters::parse_response_file(text)) {
        for (const letters::ResponseLine& line : *lines) {
          check(line.number >= 1);
          check(line.reference.find('|') == std::string::npos);
          check(line.reference.find('\n') == std::string::npos);
        }
      }
      break;
    case 1:
      for (const std::string& zip : letters::acknowledged_zips(text.substr(0, text.find('\n')), text)) {
        check(!zip.empty());
        (void)letters::run_day_of_zip(zip);
      }
      break;
    case 2:
      if (const auto message = letters::parse_response_notification(text); message && message->key)
        (void)letters::is_response_key(*message->key);
      break;
    default:
      (void)letters::response_billing_day(text, zone);
      (void)letters::zip_of_record(text);
      (void)letters::reference_of_key(text);
      if (const auto name = letters::parse_pdf_file_name(text)) check(letters::is_reference(name->reference));
  }
  return 0;
}
