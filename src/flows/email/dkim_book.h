// The DKIM keys of our mail domains: one sealed record, changed only from the version that was read.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "flows/email/dkim_key.h"
#include "ports/message_text.h"
#include "ports/secret_store.h"

namespace postroom::flows {

struct StoredDkimKey {
  std::string domain;    // lower case
  std::string selector;  // lower case
  DkimKey key;
  // Whether emails are signed with it: the newest such key of each algorithm for a domain.
  bool in_use = true;
  UtcTime created_at;
};

struct NewDkimKey {
  std::string domain, selector;
  email::DkimAlgorithm algorithm = email::DkimAlgorithm::ed25519_sha256;
  std::string pem;  // empty: a fresh key
  bool in_use = true;
};

// Safe from several threads and processes. Errors of the store pass through.
class DkimBook {
 public:
  static constexpr std::string_view kSecretName = "dkim-keys";
  static constexpr std::size_t kKeysMax = 200;

  DkimBook(ports::SecretStore& secrets, const Clock& clock) : secrets_(secrets), clock_(clock) {}

  // By domain, then oldest first.
  Result<std::vector<StoredDkimKey>> list();
  // not_found names the command that lists them.
  Result<StoredDkimKey> find(std::string_view domain, std::string_view selector);
  // conflict when the domain has a key of that selector: a selector is never used twice.
  Result<StoredDkimKey> add(const NewDkimKey& wanted);
  // From now on emails are signed with it, or no more. not_found.
  Result<StoredDkimKey> set_in_use(std::string_view domain, std::string_view selector, bool in_use);
  Result<void> remove(std::string_view domain, std::string_view selector);  // not_found

 private:
  struct Record {
    std::vector<StoredDkimKey> keys;
    std::int64_t version = 0;
  };
  using Change = std::function<Result<void>(std::vector<StoredDkimKey>&)>;
  Result<Record> read();
  Result<void> change(const Change& change);

  ports::SecretStore& secrets_;
  const Clock& clock_;
};

// Signs with the keys of the nearest domain at or above the sender's that has any. A change in the book, also by
// another process, counts within kReloadEvery. Safe from several threads.
class DkimSigner final : public ports::MessageSigner {
 public:
  static constexpr std::chrono::seconds kReloadEvery{10};

  DkimSigner(DkimBook& book, const Clock& real_time) : book_(book), clock_(real_time) {}

  Result<std::string> signatures(std::string_view text, std::string_view from_domain, UtcTime at) override;

 private:
  using Keys = std::vector<StoredDkimKey>;
  Result<std::shared_ptr<const Keys>> keys();

  DkimBook& book_;
  const Clock& clock_;
  std::mutex mutex_;
  std::shared_ptr<const Keys> keys_;
  std::optional<UtcTime> loaded_at_;
};

// The keys that sign for `from_domain`: newest of each algorithm, of the longest domain that covers it.
std::vector<const StoredDkimKey*> signing_keys(const std::vector<StoredDkimKey>& keys,
                                               std::string_view from_domain);

}  // namespace postroom::flows
