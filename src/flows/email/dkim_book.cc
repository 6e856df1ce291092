#include "flows/email/dkim_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace postroom::flows {

using email::DkimAlgorithm;

namespace {

// Others change the book at the same moment seldom and few at a time.
constexpr int kAttemptsMax = 10;

json::object to_json(const StoredDkimKey& key) {
  return {{"domain", key.domain},
          {"selector", key.selector},
          {"key", key.key.pem()},
          {"in_use", key.in_use},
          {"created_at", format_rfc3339(key.created_at)}};
}

Result<StoredDkimKey> from_json(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return fail(ErrorKind::corrupt, "the record of DKIM keys does not read back");
  auto key = DkimKey::parse(get_string(*object, "key").value_or(""));
  auto created = parse_rfc3339(get_string(*object, "created_at").value_or(""));
  if (!key || !created) return fail(ErrorKind::corrupt, "the record of DKIM keys does not read back");
  return StoredDkimKey{.domain = get_string(*object, "domain").value_or(""),
                       .selector = get_string(*object, "selector").value_or(""),
                       .key = std::move(*key),
                       .in_use = get_bool(*object, "in_use").value_or(false),
                       .created_at = *created};
}

auto is(std::string_view domain, std::string_view selector) {
  return [domain = to_lower(domain), selector = to_lower(selector)](const StoredDkimKey& key) {
    return key.domain == domain && key.selector == selector;
  };
}

tl::unexpected<Error> unknown(std::string_view domain, std::string_view selector) {
  return fail(ErrorKind::not_found,
              fmt::format("there is no DKIM key '{}' of {}: `postroom dkim list` shows them", selector, domain));
}

}  // namespace

Result<DkimBook::Record> DkimBook::read() {
  POSTROOM_TRY(secret, secrets_.find(kSecretName));
  Record out;
  if (!secret) return out;
  out.version = secret->version;
  POSTROOM_TRY(document, parse_json(secret->content));
  if (!document.is_array()) return fail(ErrorKind::corrupt, "the record of DKIM keys does not read back");
  for (const json::value& item : document.get_array()) {
    POSTROOM_TRY(key, from_json(item));
    out.keys.push_back(std::move(key));
  }
  return out;
}

Result<void> DkimBook::change(const Change& change) {
  for (int i = 0; i < kAttemptsMax; ++i) {
    POSTROOM_TRY(record, read());
    POSTROOM_CHECK(change(record.keys));
    json::array out;
    for (const StoredDkimKey& key : record.keys) out.push_back(to_json(key));
    POSTROOM_TRY(stored, secrets_.replace(kSecretName, record.version, write_json(out)));
    if (stored) return {};
  }
  return fail(ErrorKind::retry_later, "the DKIM keys are being changed by others: try again");
}

Result<std::vector<StoredDkimKey>> DkimBook::list() {
  POSTROOM_TRY(record, read());
  std::stable_sort(record.keys.begin(), record.keys.end(), [](const StoredDkimKey& a, const StoredDkimKey& b) {
    return std::tie(a.domain, a.created_at) < std::tie(b.domain, b.created_at);
  });
  return std::move(record.keys);
}

Result<StoredDkimKey> DkimBook::find(std::string_view domain, std::string_view selector) {
  POSTROOM_TRY(record, read());
  auto found = std::find_if(record.keys.begin(), record.keys.end(), is(domain, selector));
  if (found == record.keys.end()) return unknown(domain, selector);
  return *found;
}

Result<StoredDkimKey> DkimBook::add(const NewDkimKey& wanted) {
  if (!email::is_dns_name(wanted.domain) || wanted.domain.find('.') == std::string::npos)
    return fail(ErrorKind::invalid_input,
                fmt::format("'{}' is no domain, such as mail.council.example", wanted.domain));
  if (!email::is_dns_name(wanted.selector)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("'{}' is no selector: letters, digits and hyphens, such as 2026-03", wanted.selector));
  }
  auto key = wanted.pem.empty() ? Result<DkimKey>(DkimKey::generate(wanted.algorithm)) : DkimKey::parse(wanted.pem);
  if (!key) return fail(key.error());
  StoredDkimKey made{.domain = to_lower(wanted.domain),
                     .selector = to_lower(wanted.selector),
                     .key = std::move(*key),
                     .in_use = wanted.in_use,
                     .created_at = clock_.now()};
  POSTROOM_CHECK(change([&](std::vector<StoredDkimKey>& keys) -> Result<void> {
    if (std::any_of(keys.begin(), keys.end(), is(made.domain, made.selector))) {
      return fail(ErrorKind::conflict,
                  fmt::format("{} has a key '{}' already: take another selector, since mail servers keep the old "
                              "record for a while",
                              made.domain, made.selector));
    }
    if (keys.size() >= kKeysMax)
      return fail(ErrorKind::invalid_input,
                  fmt::format("there are {} DKIM keys already: remove old ones", kKeysMax));
    keys.push_back(made);
    return {};
  }));
  return made;
}

Result<StoredDkimKey> DkimBook::set_in_use(std::string_view domain, std::string_view selector, bool in_use) {
  std::optional<StoredDkimKey> changed;
  POSTROOM_CHECK(change([&](std::vector<StoredDkimKey>& keys) -> Result<void> {
    auto found = std::find_if(keys.begin(), keys.end(), is(domain, selector));
    if (found == keys.end()) return unknown(domain, selector);
    found->in_use = in_use;
    changed = *found;
    return {};
  }));
  return *changed;
}

Result<void> DkimBook::remove(std::string_view domain, std::string_view selector) {
  return change([&](std::vector<StoredDkimKey>& keys) -> Result<void> {
    if (std::erase_if(keys, is(domain, selector)) == 0) return unknown(domain, selector);
    return {};
  });
}

std::vector<const StoredDkimKey*> signing_keys(const std::vector<StoredDkimKey>& keys,
                                               std::string_view from_domain) {
  const StoredDkimKey* best[2] = {};
  for (const StoredDkimKey& key : keys) {
    if (!key.in_use || !email::covers(key.domain, from_domain)) continue;
    const StoredDkimKey*& place = best[key.key.algorithm() == DkimAlgorithm::rsa_sha256 ? 0 : 1];
    const auto rank = [](const StoredDkimKey& k) { return std::make_pair(k.domain.size(), k.created_at); };
    if (place == nullptr || rank(*place) < rank(key)) place = &key;
  }
  const std::size_t nearest = std::max(best[0] ? best[0]->domain.size() : 0, best[1] ? best[1]->domain.size() : 0);
  std::vector<const StoredDkimKey*> out;
  for (const StoredDkimKey* key : best)
    if (key != nullptr && key->domain.size() == nearest) out.push_back(key);
  return out;
}

Result<std::shared_ptr<const DkimSigner::Keys>> DkimSigner::keys() {
  std::lock_guard lock(mutex_);
  const UtcTime now = clock_.now();
  if (keys_ && now - *loaded_at_ < kReloadEvery && now >= *loaded_at_) return keys_;
  auto loaded = book_.list();
  if (!loaded && keys_) {
    log_warning("dkim.keys_not_read", {{"error", loaded.error().message}});
    loaded_at_ = now;
    return keys_;
  }
  if (!loaded) return fail(loaded.error());
  keys_ = std::make_shared<const Keys>(std::move(*loaded));
  loaded_at_ = now;
  return keys_;
}

Result<std::string> DkimSigner::signatures(std::string_view text, std::string_view from_domain, UtcTime at) {
  POSTROOM_TRY(keys, this->keys());
  const auto chosen = signing_keys(*keys, from_domain);
  std::string out;
  if (chosen.empty()) return out;
  POSTROOM_TRY(message, email::DkimMessage::read(text));
  for (const StoredDkimKey* key : chosen) {
    const auto draft = message.draft({key->domain, key->selector, key->key.algorithm()}, at);
    POSTROOM_TRY(signature, key->key.sign(draft.signed_text));
    out += email::finish_signature(draft, signature);
  }
  return out;
}

}  // namespace postroom::flows
