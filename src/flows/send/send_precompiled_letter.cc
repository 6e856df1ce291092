#include "base/key_ring.h"
#include "base/log.h"
#include "core/letters/file_names.h"
#include "flows/send/acceptance.h"
#include "flows/send/checks.h"
#include "flows/send/send_letter.h"

namespace postroom::flows {
namespace {

using notifications::NotificationStatus;
using notifications::NotificationType;
using notifications::Postage;

// Stands where recipient and address are read from the PDF later.
constexpr std::string_view kRecipientInPdf = "Provided as PDF";
constexpr std::string_view kTemplateName = "Pre-compiled PDF";

// The value of one character of the base64 alphabet; -1 for others.
int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

notifications::Template hidden_template(ServiceId service, UtcTime now) {
  notifications::Template text;
  text.id = precompiled_template_id(service);
  text.service_id = service;
  text.type = NotificationType::letter;
  text.name = kTemplateName;
  text.subject = kTemplateName;
  text.hidden = true;
  text.postage = Postage::second;
  text.created_by = "postroom";
  text.created_at = now;
  return text;
}

}  // namespace

// Its id follows from the service's, so two first uses cannot make two.
Outcome<LoadedTemplatePtr> find_hidden_template(SendContext& context, ServiceId service) {
  const TemplateId id = precompiled_template_id(service);
  auto found = context.templates.find(service, id);
  if (!found && found.error().kind == ErrorKind::not_found) {
    auto added = context.template_store.add_version(hidden_template(service, context.clock.now()));
    if (!added && added.error().kind != ErrorKind::conflict) return refuse_for(added.error(), "hidden template");
    found = context.templates.find(service, id);
  }
  if (!found) return refuse_for(found.error(), "hidden template");
  return *found;
}

TemplateId precompiled_template_id(ServiceId service) {
  constexpr std::size_t kUuidBytes = 16;
  Bytes hash = sha256("precompiled letters of " + service.text()).substr(0, kUuidBytes);
  // Version 8 and the RFC 9562 variant: an id made by a rule of our own.
  hash[6] = static_cast<char>((static_cast<unsigned char>(hash[6]) & 0x0F) | 0x80);
  hash[8] = static_cast<char>((static_cast<unsigned char>(hash[8]) & 0x3F) | 0x80);
  return TemplateId{Uuid::from_bytes(hash).value_or(Uuid{})};
}

std::optional<Bytes> decode_base64_leniently(std::string_view text) {
  Bytes out;
  out.reserve(text.size() / 4 * 3 + 3);
  unsigned bits = 0;
  int in_quad = 0;
  int pads = 0;
  for (char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
  }
  for (char c : text) {
    if (c == '=') {
      if (in_quad >= 2 && in_quad + ++pads >= 4) return out;
      continue;
    }
    int value = base64_value(c);
    if (value < 0) continue;
    pads = 0;
    bits = (bits << 6) | static_cast<unsigned>(value);
    in_quad = (in_quad + 1) % 4;
    if (in_quad == 2) out += static_cast<char>(bits >> 4);
    if (in_quad == 3) out += static_cast<char>(bits >> 2);
    if (in_quad == 0) out += static_cast<char>(bits);
  }
  if (in_quad != 0) return std::nullopt;
  return out;
}

Outcome<AcceptedPrecompiledLetter> send_precompiled_letter(SendContext& context, const Sender& sender,
                                                           notifications::PrecompiledLetterRequest request) {
  POSTROOM_PERMIT(check_channel(sender.service, NotificationType::letter));
  POSTROOM_PERMIT(check_letters_allowed(sender));
  POSTROOM_PERMIT(check_ready_pdfs_allowed(context, sender.service));
  auto pdf = decode_base64_leniently(request.content);
  if (!pdf) {
    return refuse(RefusalKind::bad_request, "Cannot decode the content of the letter: it must be a PDF in base64");
  }
  POSTROOM_ALLOW(text, find_hidden_template(context, sender.service.id));

  notifications::Notification n = new_notification(context, sender, text->record, request.reference);
  n.status = NotificationStatus::pending_virus_check;
  n.reference = letters::make_reference(context.random);
  n.postage = request.postage.value_or(Postage::second);
  n.to = kRecipientInPdf;
  n.personalisation = write_json(json::object{{"address_line_1", kRecipientInPdf}});
  const std::string key = letters::pdf_file_name(n.reference, *n.postage, n.created_at);
  if (auto put = context.blobs.put(ports::Bucket::letters_scan, key, *pdf); !put) {
    return refuse_for(put.error(), "upload for scanning");
  }
  AcceptedPrecompiledLetter accepted{.id = n.id, .reference = std::move(request.reference), .postage = *n.postage};
  auto answer = [&](const notifications::WireContext&) {
    return notifications::accepted_precompiled_letter_json(accepted.id, accepted.reference, accepted.postage);
  };
  if (auto stored = store(context, sender, n, answer); !stored) {
    if (auto removed = context.blobs.remove(ports::Bucket::letters_scan, key); !removed) {
      log_warning("send.scan_file_left_behind", {{"key", key}, {"error", removed.error().message}});
    }
    return tl::unexpected<Refusal>(std::move(stored).error());
  }
  return accepted;
}

}  // namespace postroom::flows
