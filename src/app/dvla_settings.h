// The settings of the print house that takes letters one by one over HTTP.
#pragma once

#include "base/settings.h"

namespace postroom::app {

inline constexpr SettingSpec kDvlaSettings[] = {
    {"print.dvla_url", SettingType::text, "",
     "print.provider=dvla-http: https://… of the print house's service, without a path. sandbox: a built-in one."},
    {"print.dvla_threads", SettingType::integer, "6", "Letters ordered at the same time.", 1, 64},
    {"print.dvla_letters_per_minute", SettingType::integer, "1200",
     "Most letters ordered in a minute, by all processes together.", 1, 60'000},
    {"print.dvla_tls_ciphers", SettingType::text, "",
     "TLS 1.2 ciphers that may be used with the service, as OpenSSL lists them; empty: OpenSSL's own choice."},
    {"print.dvla_ca_file", SettingType::text, "",
     "PEM file of the authorities that the service's certificate may come from; empty: the system's."},
};

}  // namespace postroom::app
