// What accepting a message needs from the outside, and who asks for it.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "core/accounts/api_key.h"
#include "core/accounts/service.h"
#include "core/notifications/wire.h"
#include "flows/send/document_service.h"
#include "flows/send/limit_gate.h"
#include "flows/send/simulated_recipients.h"
#include "flows/send/template_cache.h"
#include "ports/account_store.h"
#include "ports/answer_store.h"
#include "ports/blob_store.h"
#include "ports/notification_store.h"

namespace postroom::flows {

struct SendOptions {
  std::string mail_domain = "mail.example.org";  // after the @ of sender addresses
  std::string admin_url;  // of the pages where services are set up, no slash at the end; for messages
  // Letters of test keys: true makes them `sending` until the print house is played to the end, false `delivered`
  // at once.
  bool test_letters_fake_delivery = true;
  // Letters of services without letters_as_pdf travel as print records.
  bool print_records = false;
  SimulatedRecipients simulated;
};

// Everything must outlive the context. Safe from several threads as far as its parts are, and they are.
struct SendContext {
  ports::TemplateStore& template_store;
  ports::NotificationStore& notifications;
  ports::BlobStore& blobs;
  TemplateCache& templates;
  LimitGate& limits;
  DocumentService* documents = nullptr;   // none: files cannot be sent by email
  ports::AnswerStore* answers = nullptr;  // none: senders have no idempotency keys
  const Clock& clock;                     // the product's time
  Random& random;
  SendOptions options;
};

// A request that has its effect once, however often it comes.
struct Once {
  ports::IdempotencyKey key;
  Bytes request;                           // what tells it from other requests
  const notifications::WireContext& wire;  // the answer is written in this form
};
inline constexpr Duration kAnswersKept = std::chrono::hours{24};

// On whose behalf a message is sent.
struct Sender {
  const accounts::Service& service;
  accounts::KeyType key_type = accounts::KeyType::normal;
  std::optional<ApiKeyId> key_id;  // none: by hand or by a job
  const Once* once = nullptr;      // none: every time anew
};

}  // namespace postroom::flows
