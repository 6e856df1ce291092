// PDFs that follow every letter of a template.
#pragma once

#include <string>

#include "core/accounts/service.h"
#include "flows/letter_check/letter_check.h"
#include "flows/ready_letters/ready_letter_ports.h"
#include "flows/send/refusal.h"
#include "ports/account_store.h"

namespace postroom::flows {

struct AttachmentResult {
  notifications::Template version;  // the new one
  std::string signature;            // not empty: infected, nothing was changed
  letters::PdfVerdict verdict;      // not passed: nothing was changed

  bool is_attached() const { return signature.empty() && verdict.passed(); }
};

// Safe from several threads.
class TemplateAttachments {
 public:
  TemplateAttachments(const ReadyLetterPorts& ports, ports::TemplateStore& templates, const LetterCheck& check,
                      Random& random)
      : ports_(ports), templates_(templates), check_(check), random_(random) {}

  // Scans, checks and keeps the file, then makes the next version of the template, whose letters it follows.
  // Letters of earlier versions keep what they have. Refusals: no letter template of the service, archived, or no
  // scanner. With so many pages that the letter itself would have none left it is letter-too-long.
  Outcome<AttachmentResult> attach(const accounts::Service& service, TemplateId id, BytesView pdf,
                                   const std::string& author);
  // The next version has none.
  Outcome<notifications::Template> detach(const accounts::Service& service, TemplateId id,
                                          const std::string& author);

 private:
  Outcome<notifications::Template> find(const accounts::Service& service, TemplateId id) const;
  Outcome<void> add_version(notifications::Template& text, const std::string& author);

  const ReadyLetterPorts& ports_;
  ports::TemplateStore& templates_;
  const LetterCheck& check_;
  Random& random_;
};

}  // namespace postroom::flows
