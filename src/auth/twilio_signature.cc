#include "auth/twilio_signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <vector>

#include "base/bytes.h"

namespace postroom::auth {

std::string twilio_signature(std::string_view token, std::string_view url, FormFields fields) {
  std::vector<const std::pair<std::string, std::string>*> sorted;
  for (const auto& field : fields) sorted.push_back(&field);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  std::string text(url);
  for (const auto* field : sorted) text.append(field->first).append(field->second);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha1(), token.data(), static_cast<int>(token.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return to_base64(std::string_view(reinterpret_cast<const char*>(digest), size));
}

bool is_twilio_signature(std::string_view signature, std::string_view token, std::string_view url,
                         FormFields fields) {
  if (token.empty()) return false;
  const std::string right = twilio_signature(token, url, fields);
  return signature.size() == right.size() && CRYPTO_memcmp(signature.data(), right.data(), right.size()) == 0;
}

}  // namespace postroom::auth
