#include "flows/documents/document_downloads.h"

#include "base/log.h"
#include "base/text.h"
#include "core/recipients/email_address.h"
#include "flows/documents/document_seal.h"

namespace postroom::flows {
namespace {

constexpr std::string_view kProofPurpose = "document-confirmation";

tl::unexpected<Error> not_there() { return fail(ErrorKind::not_found, "there is no such document"); }

}  // namespace

Result<OpenedDocument> DocumentDownloads::open(const documents::DocumentLink& link) {
  auto record = ports_.documents.find(link.document);
  if (!record) return fail(record.error());
  if (record->service_id != link.service || record->expires_at <= ports_.clock.now()) return not_there();
  auto details_text = open_document(link.key, link.document, kDetailsPart, record->details);
  if (!details_text) return not_there();
  POSTROOM_TRY(details, documents::parse_details(*details_text));
  POSTROOM_TRY(service, ports_.services.find(link.service));
  return OpenedDocument{link, std::move(*record), std::move(details), std::move(service)};
}

Result<Confirmation> DocumentDownloads::confirm(const OpenedDocument& document, std::string_view address,
                                                std::string_view client) {
  const UtcTime now = ports_.clock.now();
  auto blocked = clients_.take(client, now);
  if (!blocked) {
    // Both are taken before anything is compared, so that guesses at once cannot get past the limits.
    auto taken = ports_.documents.take_try(document.record.id, now, kDocumentGuessesMax, kGuessWindow);
    if (!taken || *taken) clients_.give_back(client);
    if (!taken) return fail(taken.error());
    blocked = *taken;
  }
  if (blocked) {
    log_warning("document.guesses_blocked", {{"document", document.record.id.text()}});
    return Confirmation{Confirmation::Kind::blocked, *blocked, *blocked - now};
  }
  // Read as the recipient's address was when the message was accepted.
  auto given = recipients::EmailAddress::parse(address);
  if (!given || !equals_constant_time(sha256(given->normalised()), sha256(document.details.confirm_address))) {
    log_info("document.address_refused", {{"document", document.record.id.text()}});
    return Confirmation{};
  }
  clients_.give_back(client);
  POSTROOM_CHECK(ports_.documents.clear_tries(document.record.id));
  log_info("document.address_confirmed", {{"document", document.record.id.text()}});
  return Confirmation{Confirmation::Kind::confirmed, {}};
}

std::string DocumentDownloads::signature(const OpenedDocument& document, std::int64_t expires) const {
  return to_base64url(
      ports_.key_ring.lookup_hash(document.record.id.text() + ':' + std::to_string(expires), kProofPurpose));
}

std::string DocumentDownloads::make_proof(const OpenedDocument& document) const {
  const std::int64_t expires = to_micros(ports_.clock.now() + kProofLife);
  return std::to_string(expires) + '.' + signature(document, expires);
}

bool DocumentDownloads::is_proof(const OpenedDocument& document, std::string_view proof) const {
  const auto dot = proof.find('.');
  auto expires = parse_int<std::int64_t>(proof.substr(0, dot));
  if (dot == std::string_view::npos || !expires) return false;
  const UtcTime now = ports_.clock.now();
  // No proof is made for longer: one from a clock that was ahead is not believed either.
  if (from_micros(*expires) <= now || from_micros(*expires) > now + kProofLife) return false;
  return equals_constant_time(proof.substr(dot + 1), signature(document, *expires));
}

Result<Bytes> DocumentDownloads::content(const OpenedDocument& document) {
  const documents::DocumentLink& link = document.link;
  POSTROOM_TRY(sealed, ports_.blobs.get(ports::Bucket::documents, document_blob_key(link.service, link.document)));
  return open_document(link.key, link.document, kContentPart, sealed);
}

void DocumentDownloads::count_download(const OpenedDocument& document) {
  log_info("document.downloaded", {{"document", document.record.id.text()}});
  if (auto counted = ports_.documents.count_download(document.record.id, ports_.clock.now()); !counted) {
    log_warning("document.not_counted", {{"error", counted.error().message}});
  }
}

}  // namespace postroom::flows
