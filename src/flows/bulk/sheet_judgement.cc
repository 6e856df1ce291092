#include "flows/bulk/sheet_judgement.h"

#include <fmt/format.h>

#include "base/text.h"
#include "core/content/template_validation.h"
#include "core/recipients/sheet_check.h"
#include "flows/send/checks.h"
#include "flows/send/send_sms.h"

namespace postroom::flows {
namespace {

using notifications::NotificationType;
using recipients::SheetProblem;

recipients::Channel channel_of(NotificationType type) {
  switch (type) {
    case NotificationType::email: return recipients::Channel::email;
    case NotificationType::sms: return recipients::Channel::sms;
    case NotificationType::letter: break;
  }
  return recipients::Channel::letter;
}

std::string describe(const recipients::CellError& error) {
  std::string_view column = shown_column(error.key);
  if (error.code == "missing") return fmt::format("column '{}' is empty", column);
  for (auto fault = recipients::PhoneError::unknown_character;
       fault <= recipients::PhoneError::unsupported_emergency_number;
       fault = static_cast<recipients::PhoneError>(static_cast<int>(fault) + 1)) {
    if (error.code == to_string(fault)) return fmt::format("column '{}' {}", column, recipients::describe(fault));
  }
  return fmt::format("column '{}' holds no valid email address", column);
}

std::string quoted(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "'" : ", '") + name + "'";
  return out;
}

std::string lacking_recipient_columns(recipients::Channel channel) {
  switch (channel) {
    case recipients::Channel::email: return "the file lacks the column 'email address'";
    case recipients::Channel::sms: return "the file lacks the column 'phone number'";
    case recipients::Channel::letter: break;
  }
  return "the file needs at least three address columns, such as 'address line 1', 'address line 2' and 'postcode'";
}

tl::unexpected<Refusal> refuse_rows(const recipients::SheetReport& report, std::size_t rows_named_max) {
  Refusal refusal{.kind = RefusalKind::validation, .messages = {}};
  refusal.messages.push_back(fmt::format("{} of {} rows cannot be sent ({}); nothing was stored",
                                         report.rows_with_errors, report.row_count, describe_counts(report)));
  for (std::size_t i = 0; i < report.shown.size() && i < rows_named_max; ++i) {
    // A spreadsheet counts its header as row 1.
    const recipients::ShownRow& shown = report.shown[i];
    refusal.messages.push_back(fmt::format("Row {}: {}", shown.row.index + 2, describe_row(shown.report)));
  }
  return tl::unexpected<Refusal>(std::move(refusal));
}

tl::unexpected<Refusal> refuse_problem(SheetProblem problem, const Sender& sender,
                                       const recipients::RecipientSheet& sheet,
                                       const recipients::SheetReport& report, std::size_t rows_named_max) {
  if (problem == SheetProblem::row_errors) return refuse_rows(report, rows_named_max);
  if (problem == SheetProblem::recipients_not_allowed)
    return refuse(RefusalKind::bad_request,
                  sender.key_type == accounts::KeyType::team
                      ? "some recipients are neither in the team nor on its guest list, and this is a team-only key"
                      : "some recipients are neither in the team nor on its guest list, and the service is in "
                        "trial mode");
  return refuse(RefusalKind::validation, describe_problem(problem, sheet, report));
}

}  // namespace

recipients::MessageFaults message_faults(const LoadedTemplate& loaded, const recipients::RecipientRow& row) {
  auto values = content::Personalisation::from_json(recipients::personalisation_of(row));
  recipients::MessageFaults faults;
  if (loaded.sms) {
    content::SmsText text = loaded.sms->render(values);
    faults.too_long = text.is_too_long();
    faults.empty = text.is_empty();
  } else if (loaded.email) {
    faults.empty = loaded.email->is_empty(values);
    faults.too_long = !content::check_email_length(loaded.email->api_body(values).size());
  } else if (loaded.letter) {
    faults.empty = loaded.letter->is_empty(values);
    faults.qr_code_too_long = loaded.letter->find_long_qr_code(values).has_value();
  }
  return faults;
}

std::string_view shown_column(std::string_view key) {
  if (key == "phonenumber") return "phone number";
  if (key == "emailaddress") return "email address";
  return key;
}

std::string describe_row(const recipients::RowReport& report) {
  std::vector<std::string> faults;
  if (report.address_error) faults.emplace_back(recipients::describe(*report.address_error));
  for (const recipients::CellError& error : report.cell_errors) faults.push_back(describe(error));
  if (report.message.too_long) faults.emplace_back("the message is too long");
  if (report.message.empty) faults.emplace_back("the message would be empty");
  if (report.message.qr_code_too_long) faults.emplace_back("a QR code would hold too much");
  return join(faults, ", ");
}

std::string describe_counts(const recipients::SheetReport& report) {
  std::vector<std::string> counts;
  auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) counts.push_back(fmt::format("{} {}", count, what));
  };
  add(report.bad_recipients, "with a bad recipient");
  add(report.missing_data, "with missing data");
  add(report.too_long, "too long");
  add(report.empty, "empty");
  add(report.qr_codes_too_long, "with too much in a QR code");
  return join(counts, ", ");
}

std::string describe_problem(SheetProblem problem, const recipients::RecipientSheet& sheet,
                             const recipients::SheetReport& report) {
  switch (problem) {
    case SheetProblem::too_many_rows:
      return fmt::format("the file has {} rows, at most {} can be sent at once: split it", report.row_count,
                         sheet.spec().rows_max);
    case SheetProblem::no_rows:
      if (report.has_recipient_columns) return "the file has no rows under its headers";
      return "the file has no rows, and " + lacking_recipient_columns(sheet.spec().channel);
    case SheetProblem::no_recipient_columns: return lacking_recipient_columns(sheet.spec().channel);
    case SheetProblem::duplicate_recipient_columns:
      return fmt::format("the columns {} say the same thing: keep one of them",
                         quoted(report.duplicate_recipient_headers));
    case SheetProblem::missing_columns:
      return "the file lacks columns of the template: " + quoted(report.missing_headers);
    default:
      return fmt::format("{} of {} rows cannot be sent ({})", report.rows_with_errors, report.row_count,
                         describe_counts(report));
  }
}

recipients::SheetSpec sheet_spec(const LoadedTemplate& text) {
  recipients::SheetSpec spec{.channel = channel_of(text.record.type)};
  for (const content::Placeholder& placeholder : text.placeholders) spec.placeholders.push_back(placeholder.name);
  return spec;
}

Outcome<SheetSize> judge_sheet(const Sender& sender, const LoadedTemplate& text,
                               const recipients::RecipientSheet& sheet, const std::optional<MessagesLeft>& left,
                               std::size_t rows_named_max) {
  recipients::SheetRules rules;
  rules.phone_permissions = phone_permissions(sender.service);
  rules.international_letters = sender.service.has(accounts::Permission::international_letters);
  rules.check_message = [&](const recipients::RecipientRow& row) { return message_faults(text, row); };
  rules.rows_shown_max = rows_named_max;
  const bool is_restricted = has_restricted_recipients(sender) && text.record.type != NotificationType::letter;
  recipients::AllowedRecipients allowed;
  if (is_restricted) allowed = allowed_recipients(sender.service);
  rules.allowed = is_restricted ? &allowed : nullptr;
  if (left) {
    rules.messages_left = left->messages;
    rules.international_messages_left = left->international_sms;
  }

  recipients::SheetReport report = recipients::check_sheet(sheet, rules);
  // An empty list restricts nothing where a person fills it in, but it lets a team key reach nobody.
  if (is_restricted && allowed.empty()) report.recipients_not_allowed = true;
  auto problem = recipients::first_problem(report, {});
  if (problem == SheetProblem::more_rows_than_can_send) {
    return refuse(RefusalKind::daily_limit_reached,
                  fmt::format("the file has {} rows, {} messages are left of today's limit; nothing was stored",
                              report.row_count, left->messages));
  }
  if (problem == SheetProblem::more_international_than_can_send) {
    return refuse(RefusalKind::daily_limit_reached,
                  fmt::format("the file has {} texts abroad, {} are left of today's limit; nothing was stored",
                              report.international_sms_count, left->international_sms));
  }
  if (problem) return refuse_problem(*problem, sender, sheet, report, rows_named_max);
  return SheetSize{.rows = static_cast<int>(report.row_count),
                   .international_sms = static_cast<int>(report.international_sms_count)};
}

}  // namespace postroom::flows
