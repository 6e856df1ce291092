// Accepts letters: made from a template, or as a ready PDF.
#pragma once

#include "core/notifications/requests.h"
#include "core/notifications/wire.h"
#include "core/recipients/postal_address.h"
#include "flows/send/send_context.h"

namespace postroom::flows {

struct AcceptedLetter {
  notifications::Accepted message;
  notifications::LetterContent content;
};

// Checks in the order that callers rely on, then stores the letter with the task that makes its PDF.
Outcome<AcceptedLetter> send_letter(SendContext& context, const Sender& sender,
                                    notifications::LetterRequest request);

struct AcceptedPrecompiledLetter {
  NotificationId id;
  std::string reference;
  notifications::Postage postage = notifications::Postage::second;
};

// Only decodes the content: what is in the PDF is looked at later. The file is stored before the row, so that a
// row without a file cannot be.
Outcome<AcceptedPrecompiledLetter> send_precompiled_letter(SendContext& context, const Sender& sender,
                                                           notifications::PrecompiledLetterRequest request);

// Puts recipient, postage and reference of a letter to `address` into a row.
void set_letter_recipient(SendContext& context, notifications::Notification& notification,
                          const recipients::PostalAddress& address, const notifications::Template& text);
// The state a letter of a test key begins in, since it is never printed.
void set_test_letter_state(notifications::Notification& notification, const SendOptions& options);

// Base64 as lenient decoders take it (RFC 2045): characters outside the alphabet are skipped, what follows the
// padding is ignored. Nothing when characters are missing at the end, or one is not ASCII.
std::optional<Bytes> decode_base64_leniently(std::string_view text);

// The hidden template that ready PDFs are filed under; the same for all times for one service.
TemplateId precompiled_template_id(ServiceId service);
// Found, or made on first use.
Outcome<LoadedTemplatePtr> find_hidden_template(SendContext& context, ServiceId service);

}  // namespace postroom::flows
