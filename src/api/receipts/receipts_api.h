// The addresses that providers post to, as routes on a Router.
#pragma once

#include <string>
#include <vector>

#include "auth/basic_credentials.h"
#include "base/signed_value.h"
#include "flows/inbound_sms/inbound_sms.h"
#include "flows/receipts/email_reports.h"
#include "flows/receipts/letter_reports.h"
#include "flows/receipts/sms_receipts.h"
#include "flows/receipts/sns_verifier.h"
#include "http/message.h"
#include "http/router.h"

namespace postroom::api {

// What letter tokens are signed with; see letter_token().
inline constexpr std::string_view kLetterTokenSalt = "letter-status";

// Who may come in at one address.
struct Door {
  auth::BasicCredentials credentials;
  // Without credentials: open to all (true, for sandboxes) or to nobody.
  bool is_open_without = false;
};

// Twilio signs what it posts with the account's token, over the address as it knows it.
struct TwilioDoor {
  std::string token;
  std::string receipt_url;  // of this address, without a query
  std::string text_url;
  bool is_open_without = false;  // a token
};

struct ReceiptDoors {
  Door mmg_receipts, firetext_receipts;
  Door mmg_texts, firetext_texts;
  Door http_receipts = {};
  TwilioDoor twilio = {};
  Door bounces = {};
};

// Everything must outlive it; safe from several threads.
struct ReceiptsApi {
  flows::SmsReceipts& sms;
  flows::InboundSms& inbound;
  flows::EmailReports& email;
  flows::LetterReports& letters;
  flows::SnsVerifier& sns;
  const ValueSigner& letter_tokens;
  ReceiptDoors doors;
  std::vector<std::string> ses_topics;  // ARNs; messages of others are refused
  receipts::CustomReceiptRules http_rules = {};
};

// `api` must outlive the router.
void add_receipts_api(http::Router& router, ReceiptsApi& api);

// What stands in the address that the print house gets for one letter: readable, good for that letter only.
std::string letter_token(const ValueSigner& signer, NotificationId letter);

}  // namespace postroom::api
