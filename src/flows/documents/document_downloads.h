// Gives files to whoever has their link.
#pragma once

#include <string>
#include <string_view>

#include "core/accounts/service.h"
#include "core/documents/document_link.h"
#include "flows/documents/document_ports.h"
#include "flows/documents/guess_limit.h"

namespace postroom::flows {

// Guesses at the address: for each document, and for each client over all documents.
inline constexpr int kDocumentGuessesMax = 5;
inline constexpr int kClientGuessesMax = 20;
inline constexpr Duration kGuessWindow = std::chrono::hours{1};
// How long a browser that gave the right address may download.
inline constexpr Duration kProofLife = std::chrono::hours{1};

struct OpenedDocument {
  documents::DocumentLink link;
  ports::DocumentRecord record;
  documents::DocumentDetails details;
  accounts::Service service;

  bool needs_confirmation() const { return !details.confirm_address.empty(); }
};

struct Confirmation {
  enum class Kind { confirmed, wrong, blocked } kind = Kind::wrong;
  UtcTime blocked_until;  // blocked
  Duration blocked_for{};
};

// Safe from several threads.
class DocumentDownloads {
 public:
  explicit DocumentDownloads(const DocumentPorts& ports)
      : ports_(ports), clients_(kClientGuessesMax, kGuessWindow) {}

  // not_found, without telling which: no such document, another service's, a wrong key, or its time is over.
  // retry_later.
  Result<OpenedDocument> open(const documents::DocumentLink& link);

  // Compares an address with the one the email went to. `client` is who asks, for example a network address. A
  // wrong one is counted; beyond the limits nothing is compared any more until the hour is over. not_found when
  // the document was deleted meanwhile; retry_later.
  Result<Confirmation> confirm(const OpenedDocument& document, std::string_view address, std::string_view client);
  // What a browser keeps to show that it gave the right address: good for this document and kProofLife.
  std::string make_proof(const OpenedDocument& document) const;
  bool is_proof(const OpenedDocument& document, std::string_view proof) const;

  // The file. not_found when it was deleted meanwhile; corrupt.
  Result<Bytes> content(const OpenedDocument& document);
  // Best effort: a download is not refused because it could not be counted.
  void count_download(const OpenedDocument& document);

 private:
  std::string signature(const OpenedDocument& document, std::int64_t expires) const;

  const DocumentPorts& ports_;
  GuessLimit clients_;
};

}  // namespace postroom::flows
