#include "flows/print_run/rotate_credentials.h"

#include <fmt/format.h>

#include "base/log.h"

namespace postroom::flows {

using letters::HouseCredential;

namespace {

std::string_view word_of(HouseCredential credential) {
  return credential == HouseCredential::api_key ? "api-key" : "password";
}

UtcTime changed_at(const StoredPrintAccount& stored, HouseCredential credential) {
  return credential == HouseCredential::api_key ? stored.api_key_changed_at : stored.password_changed_at;
}

}  // namespace

std::string_view to_string(RotationOutcome outcome) {
  switch (outcome) {
    case RotationOutcome::not_due: return "not_due";
    case RotationOutcome::changed: return "changed";
    case RotationOutcome::busy: return "busy";
    case RotationOutcome::refused: return "refused";
  }
  return "";
}

void CredentialRotation::tell_person(std::string subject, std::string message) {
  log_error("print_account.needs_a_person", {{"subject", subject}, {"message", message}});
  if (!raises_tickets_) return;
  const ports::Ticket ticket{.subject = fmt::format("[{}] {}", environment_name_, subject),
                             .message = std::move(message),
                             .task_type = "print_account"};
  if (auto raised = ports_.tickets.raise(ticket); !raised)
    log_error("print_account.ticket_not_raised", {{"error", raised.error().message}});
}

Result<void> CredentialRotation::warn_of_end(HouseCredential credential, UtcTime changed) {
  if (!letters::is_running_out(credential, ports_.clock.now(), changed)) return {};
  const std::string name = fmt::format("print_account.{}.warned", word_of(credential));
  const std::string about = format_rfc3339(changed);
  POSTROOM_TRY(warned, ports_.state.get(name));
  if (warned == about) return {};
  POSTROOM_CHECK(ports_.state.put(name, about));
  tell_person(fmt::format("The print house's {} is about to end", to_string(credential)),
              fmt::format("It is in use since {} and has not been changed since. Change it with `postroom "
                          "print-account rotate {}`, or ask the print house for a new one and store it with "
                          "`postroom print-account set`.",
                          about, word_of(credential)));
  return {};
}

Result<RotationOutcome> CredentialRotation::run_if_due(HouseCredential credential) {
  POSTROOM_TRY(stored, ports_.account.find());
  const UtcTime now = ports_.clock.now();
  const UtcTime changed = changed_at(stored, credential);
  if (!letters::is_rotation_due(credential, now, changed)) {
    POSTROOM_CHECK(warn_of_end(credential, changed));
    return RotationOutcome::not_due;
  }
  // Refused for good this month: a wrong password that is tried every hour locks the account.
  const std::string name = fmt::format("print_account.{}.refused", word_of(credential));
  const std::string moment =
      format_rfc3339(letters::rotation_moment(credential, Date{std::chrono::floor<std::chrono::days>(now)}));
  POSTROOM_TRY(refused, ports_.state.get(name));
  if (refused == moment) return RotationOutcome::not_due;
  auto outcome = run_now(credential);
  if (outcome || outcome.error().kind == ErrorKind::retry_later) return outcome;
  POSTROOM_CHECK(ports_.state.put(name, moment));
  tell_person(
      fmt::format("The print house's {} could not be changed", to_string(credential)),
      fmt::format("{}. Letters may stop. Try `postroom print-account rotate {}`; when that is refused too, "
                  "ask the print house for new credentials and store them with `postroom print-account set`.",
                  outcome.error().message, word_of(credential)));
  return RotationOutcome::refused;
}

Result<RotationOutcome> CredentialRotation::run_now(HouseCredential credential) {
  std::lock_guard lock(mutex_);
  POSTROOM_TRY(account, ports_.account.load());
  const std::string lease = fmt::format("dvla-change-{}-{}", word_of(credential), account.user);
  const std::string owner = Uuid::random(ports_.random).text();
  POSTROOM_TRY(held, ports_.leases.acquire(lease, owner, ports_.clock.now(), kLeaseTime));
  if (!held) {
    log_info("print_account.change_under_way", {{"credential", word_of(credential)}});
    return RotationOutcome::busy;
  }
  auto changed = change(credential);
  if (auto released = ports_.leases.release(lease, owner); !released)
    log_warning("print_account.lease_not_released", {{"error", released.error().message}});
  POSTROOM_CHECK(std::move(changed));
  log_info("print_account.changed", {{"credential", word_of(credential)}});
  return RotationOutcome::changed;
}

void CredentialRotation::note_refused_login(std::string_view reason) {
  constexpr std::string_view kName = "print_account.login_refused.told";
  const std::string today = format_date(Date{std::chrono::floor<std::chrono::days>(ports_.clock.now())});
  auto told = ports_.state.get(kName);
  if (told && *told == today) return;
  // Better told twice than not at all.
  if (auto put = ports_.state.put(kName, today); !put)
    log_warning("print_account.note_not_stored", {{"error", put.error().message}});
  tell_person(
      "The print house refuses our login",
      fmt::format("{}. Letters wait, and are given up after 2 hours and 45 minutes of tries: store the right "
                  "user, password and API key with `postroom print-account set`; `postroom doctor` tries them.",
                  reason));
}

Result<void> CredentialRotation::change(HouseCredential credential) {
  return credential == HouseCredential::api_key ? change_api_key() : change_password();
}

Result<void> CredentialRotation::change_password() {
  POSTROOM_TRY(before, ports_.account.load());
  if (!before.pending_password.empty()) {
    // An earlier change was cut off. Logging in shows which password the print house knows.
    POSTROOM_CHECK(ports_.service.check_login());
    POSTROOM_TRY(after, ports_.account.load());
    if (after.password == before.pending_password) return {};
    before = std::move(after);
  }
  const std::string next = letters::make_password(ports_.random);
  // First ours, then theirs: a process that dies between the two finds both.
  POSTROOM_CHECK(ports_.account.set_pending_password(next));
  auto changed = ports_.service.change_password(before, next);
  if (changed) return ports_.account.confirm_pending_password(next);
  if (changed.error().kind == ErrorKind::retry_later) return changed;
  if (changed.error().kind == ErrorKind::forbidden) {
    // A call that was repeated on its way, since its connection broke, finds the password changed by its first copy
    // and is refused. Only logging in tells; it confirms the new one where that is what works.
    auto works = ports_.service.check_login();
    if (!works) return works.error().kind == ErrorKind::forbidden ? changed : works;
    POSTROOM_TRY(after, ports_.account.load());
    if (after.password == next) return {};
  }
  POSTROOM_CHECK(ports_.account.drop_pending_password(next));
  return changed;
}

Result<void> CredentialRotation::change_api_key() {
  if (!unsaved_api_key_.empty()) return keep_api_key(unsaved_api_key_);
  POSTROOM_TRY(key, ports_.service.make_api_key());
  return keep_api_key(key);
}

Result<void> CredentialRotation::keep_api_key(const std::string& key) {
  unsaved_api_key_ = key;
  auto kept = ports_.account.set_api_key(key);
  if (kept) {
    unsaved_api_key_.clear();
    return {};
  }
  log_error("print_account.api_key_not_stored", {{"error", kept.error().message}});
  return fail(ErrorKind::retry_later, "the new API key is not stored yet: " + kept.error().message);
}

}  // namespace postroom::flows
