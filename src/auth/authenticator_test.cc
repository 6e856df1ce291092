// Varies header, issuer, service and keys; each failure has its own fault, in a fixed order, and changes of an
// account count two seconds later at the latest.
#include "auth/authenticator.h"

#include <gtest/gtest.h>

#include <map>

#include "auth/jwt.h"
#include "base/random.h"

namespace postroom::auth {
namespace {

using namespace std::chrono_literals;
using accounts::ApiKey;
using accounts::KeyType;

class FakeServices final : public ports::ServiceStore {
 public:
  std::map<ServiceId, accounts::Service> services;
  std::map<ServiceId, std::vector<ApiKey>> keys_of;
  bool is_away = false;
  int reads = 0;

  Result<void> create(const accounts::Service&) override { return {}; }
  Result<void> update(const accounts::Service&) override { return {}; }
  Result<accounts::Service> find(ServiceId id) override {
    ++reads;
    if (is_away) return fail(ErrorKind::retry_later, "away");
    auto found = services.find(id);
    if (found == services.end()) return fail(ErrorKind::not_found, "no service");
    return found->second;
  }
  Result<accounts::Service> find_by_name(std::string_view) override { return fail(ErrorKind::not_found, "no"); }
  Result<std::vector<accounts::Service>> list() override { return std::vector<accounts::Service>{}; }
  Result<void> create_key(const ApiKey&) override { return {}; }
  Result<std::vector<ApiKey>> keys(ServiceId service) override { return keys_of[service]; }
  Result<void> revoke_key(ServiceId, ApiKeyId, UtcTime) override { return {}; }
  Result<void> set_callback(const accounts::CallbackConfig&) override { return {}; }
  Result<std::optional<accounts::CallbackConfig>> callback(ServiceId, accounts::CallbackType) override {
    return std::optional<accounts::CallbackConfig>{};
  }
  Result<void> remove_callback(ServiceId, accounts::CallbackType) override { return {}; }
};

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() {
    service_.id = ServiceId{Uuid::random(random_)};
    store_.services[service_.id] = service_;
    store_.keys_of[service_.id] = {key(KeyType::test), key(KeyType::normal)};
  }

  ApiKey key(KeyType type) {
    return {.id = ApiKeyId{Uuid::random(random_)},
            .service_id = service_.id,
            .name = "key",
            .type = type,
            .secret = Uuid::random(random_).text(),
            .created_at = clock_.now(),
            .revoked_at = std::nullopt};
  }
  ApiKey& normal_key() { return store_.keys_of[service_.id][1]; }

  std::string token(const ApiKey& key, json::object claims = {}) {
    json::object all{{"iss", service_.id.text()},
                     {"iat", std::chrono::floor<std::chrono::seconds>(clock_.now().time_since_epoch()).count()}};
    for (const auto& member : claims) all[member.key()] = member.value();
    return "Bearer " + make_token({{"typ", "JWT"}, {"alg", "HS256"}}, all, key.secret);
  }
  std::optional<AuthFault> fault_of(std::optional<std::string> header) {
    auto caller = authenticator_.authenticate(header);
    if (caller) return std::nullopt;
    EXPECT_FALSE(caller.error().message.empty());
    return caller.error().fault;
  }
  void forget() { clock_.advance(3s); }

  SeededRandom random_{7};
  MovableClock clock_{from_micros(1'770'000'000'000'000)};
  FakeServices store_;
  accounts::Service service_;
  Authenticator authenticator_{store_, clock_};
};

TEST_F(AuthenticatorTest, KnowsServiceAndKey) {
  auto caller = authenticator_.authenticate(token(normal_key()));
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->service->id, service_.id);
  EXPECT_EQ(caller->key_id, normal_key().id);
  EXPECT_EQ(caller->key_type, KeyType::normal);
}

TEST_F(AuthenticatorTest, A1A2HeaderAnswers401) {
  for (auto header : {std::optional<std::string>{}, std::optional<std::string>{""}}) {
    EXPECT_EQ(authenticator_.authenticate(header).error().status, 401);
    EXPECT_EQ(fault_of(header), AuthFault::no_token);
  }
  EXPECT_EQ(fault_of("Basic YTpi"), AuthFault::wrong_scheme);
  EXPECT_EQ(fault_of("Bearer"), AuthFault::wrong_scheme);
  EXPECT_EQ(authenticator_.authenticate("Bearer").error().status, 401);
}

TEST_F(AuthenticatorTest, A3SchemeIgnoresCaseAndTokenIsNotTrimmed) {
  std::string good = token(normal_key());
  EXPECT_EQ(fault_of("BEARER" + good.substr(6)), std::nullopt);
  EXPECT_EQ(fault_of("Bearer  " + good.substr(7)), AuthFault::malformed_token);
  EXPECT_EQ(fault_of("Bearer a.b.c"), AuthFault::malformed_token);
}

TEST_F(AuthenticatorTest, A4A5A6Issuer) {
  auto bare = "Bearer " + make_token({{"alg", "HS256"}}, json::object{}, "x");
  EXPECT_EQ(fault_of(bare), AuthFault::no_issuer);
  EXPECT_EQ(fault_of(token(normal_key(), {{"iss", 42}})), AuthFault::issuer_not_an_id);
  EXPECT_EQ(fault_of(token(normal_key(), {{"iss", nullptr}})), AuthFault::issuer_not_an_id);
  EXPECT_EQ(fault_of(token(normal_key(), {{"iss", "acme"}})), AuthFault::issuer_not_an_id);
  EXPECT_EQ(fault_of(token(normal_key(), {{"iss", Uuid::random(random_).text()}})), AuthFault::service_not_found);
  EXPECT_EQ(fault_of(token(normal_key(), {{"iss", "urn:uuid:" + service_.id.text()}})), std::nullopt);
}

TEST_F(AuthenticatorTest, A7ComesBeforeA8) {
  store_.services[service_.id].active = false;
  EXPECT_EQ(fault_of(token(normal_key())), AuthFault::service_archived);
  ApiKey kept = normal_key();
  store_.keys_of[service_.id].clear();
  forget();
  EXPECT_EQ(fault_of(token(kept)), AuthFault::service_without_keys);
}

TEST_F(AuthenticatorTest, A9DoesNotDependOnTheKey) {
  json::object claims{{"iss", service_.id.text()}, {"iat", 0}};
  EXPECT_EQ(fault_of("Bearer " + make_token({{"alg", "none"}}, claims, "")), AuthFault::wrong_algorithm);
}

TEST_F(AuthenticatorTest, A10A11A12Claims) {
  EXPECT_EQ(fault_of(token(normal_key(), {{"iat", 5}})), AuthFault::clock);
  EXPECT_EQ(fault_of(token(normal_key(), {{"aud", "x"}})), AuthFault::bad_claims);
  EXPECT_EQ(fault_of(token(key(KeyType::normal))), AuthFault::key_not_found);
  json::object without_time{{"iss", service_.id.text()}};
  EXPECT_EQ(fault_of("Bearer " + make_token({{"alg", "HS256"}}, without_time, normal_key().secret)),
            AuthFault::key_not_found);
}

TEST_F(AuthenticatorTest, A13RevokedKeysAreRememberedForAWeek) {
  normal_key().revoked_at = clock_.now();
  EXPECT_EQ(fault_of(token(normal_key())), AuthFault::key_revoked);
  EXPECT_EQ(fault_of(token(normal_key(), {{"iat", 5}})), AuthFault::clock) << "the clock is told before revocation";
  clock_.advance(std::chrono::days{9});
  EXPECT_EQ(fault_of(token(normal_key())), AuthFault::key_not_found);
  store_.keys_of[service_.id].erase(store_.keys_of[service_.id].begin());
  forget();
  EXPECT_EQ(fault_of(token(normal_key())), AuthFault::service_without_keys);
}

TEST_F(AuthenticatorTest, ChangesCountAfterTwoSeconds) {
  EXPECT_EQ(fault_of(token(normal_key())), std::nullopt);
  EXPECT_EQ(fault_of(token(normal_key())), std::nullopt);
  EXPECT_EQ(store_.reads, 1);
  normal_key().revoked_at = clock_.now();
  EXPECT_EQ(fault_of(token(normal_key())), std::nullopt);
  clock_.advance(2s);
  EXPECT_EQ(fault_of(token(normal_key())), AuthFault::key_revoked);
}

TEST_F(AuthenticatorTest, UnknownServicesAreNotRemembered) {
  accounts::Service kept = service_;
  store_.services.clear();
  EXPECT_EQ(fault_of(token(normal_key())), AuthFault::service_not_found);
  store_.services[kept.id] = kept;
  EXPECT_EQ(fault_of(token(normal_key())), std::nullopt);
}

TEST_F(AuthenticatorTest, AnAbsentStoreIsNotTheCallersFault) {
  store_.is_away = true;
  EXPECT_EQ(authenticator_.authenticate(token(normal_key())).error().status, 503);
}

}  // namespace
}  // namespace postroom::auth
