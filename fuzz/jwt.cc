// Any text as the Authorization header's token: reading and checking it must neither crash nor authenticate.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "auth/jwt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using postroom::auth::Token;
  auto token = Token::parse({reinterpret_cast<const char*>(data), size});
  if (!token) return 0;
  token->has_supported_algorithm();
  postroom::auth::check_claims(*token, postroom::from_micros(1'770'000'000'000'000));
  // The key is not in the corpus, so no input can be signed with it.
  if (token->verify_signature("f0e4c2f7-6c58-4e7a-a1bb-2a0b2f4d9f10")) std::abort();
  return 0;
}
