// Signed values and link tokens, made by other libraries.
#include "base/link_token.h"
#include "base/signed_value.h"
#include "base/text.h"
#include "vectors.h"

namespace postroom::vectors {
namespace {

ValueSigner signer_of(const json::object& row) {
  return ValueSigner({text_of(row, "secret")}, text_of(row, "salt"));
}

// The checks of tokens name no keys: they are those of the rows that make tokens.
const ValueSigner kSigner({"unit-secret-one"}, "unit-salt");
const std::string kEncryptionKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::string_view kPayload = "ana@example.org";

void check_sign(const json::object& row) {
  std::string expected = text_of(row, "signed");
  std::string payload = write_json(row.at("payload"));
  std::string made = signer_of(row).sign(row.at("payload"));
  // Compressed bytes depend on the library.
  if (expected.starts_with('.')) {
    EXPECT_TRUE(made.starts_with('.'));
  } else {
    EXPECT_EQ(made, expected);
  }
  EXPECT_EQ(signer_of(row).verify_json(made), payload);
  EXPECT_EQ(signer_of(row).verify_json(expected), payload);
}

void check_verify(const json::object& row) {
  auto value = signer_of(row).verify(text_of(row, "signed"));
  EXPECT_EQ(value.has_value(), flag_of(row, "valid"));
  if (value && row.contains("payload")) {
    EXPECT_EQ(*value, row.at("payload"));
  }
}

class FixedBytes final : public Random {
 public:
  explicit FixedBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(char* out, std::size_t size) override { bytes_.copy(out, size); }

 private:
  Bytes bytes_;
};

void check_make(const json::object& row, ValueSigner signer, const std::vector<std::string>& keys) {
  auto tokens = LinkTokens::create(std::move(signer), keys);
  ASSERT_TRUE(tokens.has_value());
  FixedBytes iv(from_hex(text_of(row, "iv_hex")).value_or(""));
  UtcTime made = parse_rfc3339(text_of(row, "time_utc")).value();
  EXPECT_EQ(tokens->make(text_of(row, "payload"), made, iv), text_of(row, "token"));
  EXPECT_EQ(tokens->read(text_of(row, "token"), std::chrono::seconds(1), made), text_of(row, "payload"));
}

void check_token(const json::object& row) {
  auto tokens = LinkTokens::create(kSigner, {kEncryptionKey});
  ASSERT_TRUE(tokens.has_value());
  auto read = tokens->read(text_of(row, "token"), std::chrono::seconds(size_of(row, "max_age_seconds")),
                           UtcTime(std::chrono::seconds(size_of(row, "now_epoch"))));
  std::string result = read ? "ok" : read.error() == LinkTokenFault::expired ? "SignatureExpired" : "BadSignature";
  EXPECT_EQ(result, text_of(row, "result"));
  if (read) {
    EXPECT_EQ(*read, kPayload);
  }
}

void check(const json::object& row) {
  std::string category = text_of(row, "category");
  if (category == "sign") {
    check_sign(row);
  } else if (category == "verify") {
    check_verify(row);
  } else if (category == "timed_token") {
    check_make(row, signer_of(row), {});
  } else if (category == "encrypted_token") {
    check_make(row, kSigner, {text_of(row, "key")});
  } else if (category == "encrypted_token_check") {
    check_token(row);
  } else {
    POSTROOM_UNKNOWN_CATEGORY(row);
  }
}

const VectorFile kFile("signing", check);

}  // namespace
}  // namespace postroom::vectors
