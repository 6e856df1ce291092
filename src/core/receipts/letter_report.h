// What the print house's HTTP service reports about one letter: a cloud event whose
// `data` says DESPATCHED or REJECTED.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "core/letters/response_file.h"
#include "core/receipts/form.h"

namespace postroom::receipts {

// A report carries four properties; more than this is not one.
inline constexpr std::size_t kDespatchPropertiesMax = 100;

struct LetterReport {
  NotificationId letter;
  bool is_despatched = false;  // false: rejected
  UtcTime at;                  // when the print house changed the letter's state
  // Set for despatched letters only.
  int sheets = 0;
  letters::CostClass cost_class = letters::CostClass::unsorted;

  friend bool operator==(const LetterReport&, const LetterReport&) = default;
};

struct LetterReportFault {
  enum class Kind {
    validation,    // the document is not as it must be
    other_letter,  // it is about another letter than `expected`
  };
  Kind kind = Kind::validation;
  Faults messages;  // each starts with the member's name where it is about one
};

// `expected` is the letter that the sender has proved to know. Its id and data.jobId are compared as ids, so the
// case of letters does not matter.
tl::expected<LetterReport, LetterReportFault> read_letter_report(const json::value& document,
                                                                 NotificationId expected);

// The report as a task keeps it, and back (corrupt when it does not read).
Bytes to_payload(const LetterReport& report);
Result<LetterReport> letter_report_from_payload(BytesView payload);

}  // namespace postroom::receipts
