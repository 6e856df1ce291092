// Who carries emails, and what signs them.
#pragma once

#include <memory>
#include <string>

#include "adapters/smtp/mime_message_writer.h"
#include "base/settings.h"
#include "core/aws/signature.h"
#include "flows/email/dkim_book.h"
#include "flows/email/suppressions.h"
#include "ports/database.h"
#include "ports/name_resolver.h"

namespace postroom::app {

struct Parts;

// Declared in the order they are built.
struct EmailParts {
  EmailParts(ports::Database& database, const Clock& clock, const Clock& real_time, int suppression_days)
      : dkim(database.secrets(), clock),
        signer(dkim, real_time),
        writer(&signer),
        suppressions(database.suppressions(), clock, suppression_days) {}

  flows::DkimBook dkim;
  flows::DkimSigner signer;
  smtp::MimeMessageWriter writer;
  flows::Suppressions suppressions;
  std::unique_ptr<ports::NameResolver> resolver;
};

// The account at Amazon that ses.* names.
struct SesAccount {
  std::string region;
  aws::AwsCredentials credentials;
};
// invalid_input names the setting that is missing for `wanted_by`, such as "email.provider=ses".
Result<SesAccount> ses_account(const Settings& settings, std::string_view wanted_by);

// parts.email and parts.mailer. invalid_input names the setting at fault.
Result<void> build_email(Parts& parts);
// Who carries emails and what they are signed with, for `doctor`.
Result<std::string> describe_email(Parts& parts);

}  // namespace postroom::app
