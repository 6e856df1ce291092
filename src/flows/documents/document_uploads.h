// Takes files that callers send along with an email.
#pragma once

#include <string>

#include "flows/documents/document_ports.h"
#include "flows/send/document_service.h"

namespace postroom::flows {

struct DocumentOptions {
  std::size_t bytes_max = 2 * 1024 * 1024;
  int retention_weeks = 26;  // where the sender does not say
  std::string base_url;      // of the web pages, no slash at the end
  bool unscanned = false;    // files are taken even where there is no virus scanner
};

class DocumentUploads final : public DocumentService {
 public:
  DocumentUploads(const DocumentPorts& ports, DocumentOptions options);

  // The record first, then the file: what a crash leaves between is found by sweep_documents().
  Outcome<std::string> upload(const DocumentUpload& upload) override;
  std::string test_link(ServiceId service) const override;

 private:
  Outcome<void> scan(BytesView content);

  const DocumentPorts& ports_;
  DocumentOptions options_;
};

}  // namespace postroom::flows
