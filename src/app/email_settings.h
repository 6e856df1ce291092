// The settings of emails beyond who carries them.
#pragma once

#include "base/settings.h"

namespace postroom::app {

inline constexpr SettingSpec kEmailSettings[] = {
    {"email.return_path", SettingType::text, "",
     "Where mail servers send bounces, such as bounces@mail.example; each email's has +ID before the @. Empty: the "
     "sender's address."},
    {"email.delivered_when", SettingType::choice, "accepted",
     "When an email counts as delivered: accepted (by the relay or mail server, unless it bounces within "
     "email.bounce_wait), or reported (by the relay, for which it is asked, RFC 3461).",
     INT64_MIN, INT64_MAX, "accepted reported"},
    {"email.bounce_wait", SettingType::duration, "0s",
     "How long after its acceptance an email is watched for bounces before it counts as delivered.", 0, 259'200},
    {"email.retries", SettingType::integer, "48",
     "How often an email is tried again that could not be handed over now; then it is a technical-failure.", 0,
     10'000},
    {"email.retry_delay", SettingType::duration, "300s", "How long after each attempt.", 1, 86'400},
    {"email.suppression_days", SettingType::integer, "365",
     "Addresses that bounced for good or complained get no emails for so many days; 0: they get them.", 0, 3'650},
    {"receipts.bounce_credentials", SettingType::text, "",
     "user:password that a mail server posts bounces and complaints with.", INT64_MIN, INT64_MAX, "", true},
    {"smtp.helo_name", SettingType::text, "",
     "How we greet mail servers: a name that leads back to this host. Empty: the host's own name."},
    {"smtp.ca_file", SettingType::text, "",
     "PEM file of the authorities that mail servers' certificates are checked against; empty: the system's."},
    {"smtp.connections", SettingType::integer, "8", "Connections to the relay at once.", 1, 1'000},
    {"smtp.messages_per_connection", SettingType::integer, "100",
     "Emails over one connection before it is closed; some servers allow few.", 1, 1'000'000},
    {"ses.region", SettingType::text, "", "email.provider=ses, ses.queue_url: Amazon's region, such as eu-west-2."},
    {"ses.access_key_id", SettingType::text, "", "The account's access key."},
    {"ses.secret_access_key", SettingType::text, "", "Its secret.", INT64_MIN, INT64_MAX, "", true},
    {"ses.session_token", SettingType::text, "", "Token of temporary credentials; else empty.", INT64_MIN,
     INT64_MAX, "", true},
    {"ses.configuration_set", SettingType::text, "",
     "Configuration set, which decides where reports go; empty: the account's default."},
    {"ses.endpoint", SettingType::text, "", "Address of the service; empty: that of the region."},
    {"ses.queue_url", SettingType::text, "",
     "Address of the Amazon SQS queue that SES's reports wait in; empty: none. With one, acceptance is no "
     "delivery."},
    {"email_http.url", SettingType::text, "", "email.provider=http: the address that emails are posted to."},
    {"email_http.authorization", SettingType::text, "",
     "Value of the Authorization header, such as Bearer …; empty: none.", INT64_MIN, INT64_MAX, "", true},
    {"email_http.form", SettingType::text,
     R"j({"to":"((to))","from":{"name":"((from_name))","email":"((from_address))"},"reply_to":"((reply_to))",)j"
     R"j("subject":"((subject))","text":"((text))","html":"((html))","list_unsubscribe":"((unsubscribe_url))",)j"
     R"j("reference":"((reference))"})j",
     "The JSON to post, with ((placeholders)); also ((return_path)), and ((raw)) for the message in MIME and "
     "base64."},
    {"email_http.id_member", SettingType::text, "id",
     "Member of the answer that says what the provider calls the email, such as data.id; empty: none."},
    {"mx.connections", SettingType::integer, "64", "email.provider=mx: connections to mail servers at once.", 1,
     10'000},
    {"mx.connections_per_domain", SettingType::integer, "4", "Of these, to the mail servers of one domain.", 1,
     1'000},
    {"mx.messages_per_minute", SettingType::integer, "0", "Emails to one domain in a minute; 0: no limit.", 0,
     1'000'000},
    {"mx.name_server", SettingType::text, "",
     "IPv4 address of the name server that knows the mail servers, with :port where it is not 53. Empty: those of "
     "/etc/resolv.conf."},
    {"mx.port", SettingType::integer, "25", "Port of mail servers; another one is for trials.", 1, 65'535},
    {"mx.private_targets", SettingType::flag, "false",
     "Mail servers may have private and loopback addresses; for trials and closed networks."},
};

}  // namespace postroom::app
