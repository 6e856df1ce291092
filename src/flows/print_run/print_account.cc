#include "flows/print_run/print_account.h"

#include <fmt/format.h>

#include "base/json.h"

namespace postroom::flows {
namespace {

using ports::PrintAccount;

// Others change the record once a month: two at the same time are rare, three an accident.
constexpr int kChangeTriesMax = 5;

std::string to_text(const StoredPrintAccount& stored) {
  return write_json(json::object{{"user", stored.account.user},
                                 {"password", stored.account.password},
                                 {"pending_password", stored.account.pending_password},
                                 {"api_key", stored.account.api_key},
                                 {"password_changed_at", format_rfc3339(stored.password_changed_at)},
                                 {"api_key_changed_at", format_rfc3339(stored.api_key_changed_at)}});
}

Result<StoredPrintAccount> from_text(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object())
    return fail(ErrorKind::corrupt, "the print house account does not read back");
  const json::object& object = parsed->get_object();
  auto part = [&](std::string_view name) { return get_string(object, name).value_or(""); };
  auto time = [&](std::string_view name) { return parse_rfc3339(part(name)).value_or(UtcTime{}); };
  return StoredPrintAccount{{part("user"), part("password"), part("pending_password"), part("api_key")},
                            time("password_changed_at"),
                            time("api_key_changed_at")};
}

Error not_set() {
  return {ErrorKind::rejected,
          "no account at the print house is set: `postroom print-account set` takes user, password and API key"};
}

Result<void> check_part(std::string_view name, std::string_view value, bool must_be_given) {
  if (must_be_given && value.empty())
    return fail(ErrorKind::invalid_input, fmt::format("{} is missing: a new account needs it", name));
  if (value.size() > PrintAccountBook::kPartBytesMax)
    return fail(ErrorKind::invalid_input,
                fmt::format("{} has more than {} bytes", name, PrintAccountBook::kPartBytesMax));
  // It travels in headers.
  for (char c : value) {
    if (static_cast<unsigned char>(c) < ' ')
      return fail(ErrorKind::invalid_input, fmt::format("{} has a line break or control character", name));
  }
  return {};
}

}  // namespace

Result<StoredPrintAccount> PrintAccountBook::find() {
  POSTROOM_TRY(found, secrets_.find(kSecretName));
  if (!found) return fail(not_set());
  return from_text(found->content);
}

Result<PrintAccount> PrintAccountBook::load() {
  POSTROOM_TRY(stored, find());
  return std::move(stored.account);
}

Result<StoredPrintAccount> PrintAccountBook::change(bool may_be_new, const Change& change) {
  for (int i = 0; i < kChangeTriesMax; ++i) {
    POSTROOM_TRY(found, secrets_.find(kSecretName));
    if (!found && !may_be_new) return fail(not_set());
    StoredPrintAccount stored;
    if (found) {
      POSTROOM_TRY(read, from_text(found->content));
      stored = std::move(read);
    }
    if (!change(stored)) return stored;
    POSTROOM_TRY(replaced, secrets_.replace(kSecretName, found ? found->version : 0, to_text(stored)));
    if (replaced) return stored;
  }
  return fail(ErrorKind::retry_later, "the print house account is being changed by others");
}

Result<StoredPrintAccount> PrintAccountBook::set(const PrintAccount& given) {
  POSTROOM_TRY(known, secrets_.find(kSecretName));
  POSTROOM_CHECK(check_part("user", given.user, !known));
  POSTROOM_CHECK(check_part("password", given.password, !known));
  POSTROOM_CHECK(check_part("API key", given.api_key, !known));
  return change(true, [&](StoredPrintAccount& stored) {
    if (!given.user.empty()) stored.account.user = given.user;
    if (!given.password.empty()) {
      stored.account.password = given.password;
      stored.account.pending_password.clear();
      stored.password_changed_at = clock_.now();
    }
    if (!given.api_key.empty()) {
      stored.account.api_key = given.api_key;
      stored.api_key_changed_at = clock_.now();
    }
    return true;
  });
}

Result<void> PrintAccountBook::confirm_pending_password(std::string_view password) {
  POSTROOM_CHECK(change(false, [&](StoredPrintAccount& stored) {
    if (stored.account.pending_password != password) return false;
    stored.account.password = password;
    stored.account.pending_password.clear();
    stored.password_changed_at = clock_.now();
    return true;
  }));
  return {};
}

Result<void> PrintAccountBook::set_pending_password(std::string_view password) {
  POSTROOM_CHECK(change(false, [&](StoredPrintAccount& stored) {
    stored.account.pending_password = password;
    return true;
  }));
  return {};
}

Result<void> PrintAccountBook::drop_pending_password(std::string_view password) {
  POSTROOM_CHECK(change(false, [&](StoredPrintAccount& stored) {
    if (stored.account.pending_password != password) return false;
    stored.account.pending_password.clear();
    return true;
  }));
  return {};
}

Result<void> PrintAccountBook::set_api_key(std::string_view api_key) {
  POSTROOM_CHECK(change(false, [&](StoredPrintAccount& stored) {
    stored.account.api_key = api_key;
    stored.api_key_changed_at = clock_.now();
    return true;
  }));
  return {};
}

}  // namespace postroom::flows
