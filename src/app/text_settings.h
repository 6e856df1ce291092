// The settings of providers of texts.
#pragma once

#include "base/settings.h"

namespace postroom::app {

inline constexpr SettingSpec kTextSettings[] = {
    {"sms.provider", SettingType::text, "sandbox",
     "Who carries texts: sandbox, none, or any of mmg, firetext, twilio, http and smpp, separated by commas. "
     "Several "
     "share the traffic."},
    {"sms.shares", SettingType::text, "",
     "Where the shares of several providers start and go back to, such as mmg=51,firetext=49. Empty: all alike."},
    {"sms.timeout", SettingType::duration, "10s", "For a provider's answer about one text, connecting included.", 1,
     50},

    {"mmg.url", SettingType::text, "https://api.mmg.co.uk/jsonv2a/api.php", "Where MMG takes texts."},
    {"mmg.api_key", SettingType::text, "", "MMG's API key.", INT64_MIN, INT64_MAX, "", true},
    {"mmg.receipt_url", SettingType::text, "",
     "Address that MMG is told to post receipts to, credentials included; empty: the one of the account.",
     INT64_MIN, INT64_MAX, "", true},

    {"firetext.url", SettingType::text, "https://www.firetext.co.uk/api/sendsms/json",
     "Where Firetext takes texts."},
    {"firetext.api_key", SettingType::text, "", "Firetext's API key.", INT64_MIN, INT64_MAX, "", true},
    {"firetext.international_api_key", SettingType::text, "",
     "Firetext's API key for texts abroad; empty: it carries none of those.", INT64_MIN, INT64_MAX, "", true},
    {"firetext.receipt_url", SettingType::text, "",
     "Address that Firetext is told to post receipts to, credentials included; empty: the one of the account.",
     INT64_MIN, INT64_MAX, "", true},

    {"twilio.base_url", SettingType::text, "https://api.twilio.com", "Where Twilio's API is, or one of its kind."},
    {"twilio.account_sid", SettingType::text, "", "Account's SID."},
    {"twilio.auth_token", SettingType::text, "", "Account's token; its receipts are signed with it.", INT64_MIN,
     INT64_MAX, "", true},
    {"twilio.messaging_service_sid", SettingType::text, "",
     "Messaging service that chooses the sender; empty: each service's own."},
    {"twilio.receipt_url", SettingType::text, "",
     "Address of /notifications/sms/twilio as Twilio reaches it; empty: no receipts are asked for."},
    {"twilio.text_url", SettingType::text, "",
     "Address of /notifications/sms/receive/twilio as Twilio reaches it; empty: it passes no received texts on."},

    {"sms_http.url", SettingType::text, "",
     "sms.provider http: where texts go. {to} {sender} {text} {reference} {fragments} {international} and "
     "{encoding} "
     "(gsm7 or ucs2) are filled in."},
    {"sms_http.method", SettingType::choice, "POST", "Its method.", INT64_MIN, INT64_MAX, "GET POST PUT"},
    {"sms_http.headers", SettingType::text, "", "Its headers, a line 'Name: value' each.", INT64_MIN, INT64_MAX, "",
     true},
    {"sms_http.body", SettingType::text, "", "Its body, with the same {words} filled in.", INT64_MIN, INT64_MAX, "",
     true},
    {"sms_http.body_format", SettingType::choice, "json",
     "How values are written into the body: as parts of JSON strings, of a form, of XML, or as they are.",
     INT64_MIN, INT64_MAX, "json form xml text"},
    {"sms_http.success", SettingType::text, "status=2xx",
     "Conditions, separated by semicolons, that all hold for an answer that the text was taken: status=200|2xx, "
     "json:path=value|value, body:text."},
    {"sms_http.rejected", SettingType::text, "status=400|422",
     "Conditions of which one holds for an answer that the text is refused for good."},
    {"sms_http.reference", SettingType::text, "", "Path in the answer's JSON to what the provider calls the text."},
    {"sms_http.receipt_key", SettingType::choice, "ours",
     "What its receipts name a text by: ours, the {reference} that it was given, or theirs, what its answer called "
     "it.",
     INT64_MIN, INT64_MAX, "ours theirs"},
    {"sms_http.receipt_reference", SettingType::text, "reference", "Field or JSON path of that in its receipts."},
    {"sms_http.receipt_status", SettingType::text, "status", "Field or JSON path of the state in its receipts."},
    {"sms_http.receipt_code", SettingType::text, "", "Field or JSON path of a further code; empty: none."},
    {"sms_http.receipt_statuses", SettingType::text,
     "delivered=delivered,undelivered=permanent-failure,failed=permanent-failure,expired=temporary-failure",
     "What its states mean, as theirs=ours, separated by commas; ours are delivered, pending, permanent-failure, "
     "temporary-failure and technical-failure, or ignored."},
    {"receipts.http_credentials", SettingType::text, "",
     "user:password that sms.provider http posts receipts with; several, separated by blanks, may be good at once.",
     INT64_MIN, INT64_MAX, "", true},

    {"smpp.url", SettingType::text, "",
     "The SMPP server: smpp://host:port (2775 without a port), or smpps:// for TLS from the start (3550)."},
    {"smpp.system_id", SettingType::text, "", "Login at it."},
    {"smpp.password", SettingType::text, "", "Password at it, 8 characters at most.", INT64_MIN, INT64_MAX, "",
     true},
    {"smpp.system_type", SettingType::text, "",
     "What the server wants to be told as system_type; usually nothing."},
    {"smpp.service_type", SettingType::text, "", "service_type of each text; usually nothing."},
    {"smpp.address_range", SettingType::text, "",
     "Numbers whose received texts are to come here; usually nothing."},
    {"smpp.window", SettingType::integer, "10", "Texts given without an answer yet.", 1, 1'000},
    {"smpp.enquire_link", SettingType::duration, "30s",
     "Silence after which the server is asked whether it is there.", 1, 600},
    {"smpp.reconnect_max", SettingType::duration, "60s",
     "Longest pause between two tries to connect; the first is a second, each next twice as long.", 1, 3'600},
    {"smpp.long_texts", SettingType::choice, "header",
     "How texts of several parts are joined: by a header in each part, by sar parameters, or one payload that the "
     "server splits.",
     INT64_MIN, INT64_MAX, "header sar payload"},
    {"smpp.message_ids", SettingType::choice, "same",
     "How the server names a text in its receipts: as in its answers, or one of them in hexadecimal.", INT64_MIN,
     INT64_MAX, "same hex-in-answer hex-in-receipt"},
    {"smpp.ca_file", SettingType::text, "", "smpps: PEM file of certificate authorities instead of the system's."},
};

}  // namespace postroom::app
