#include "api/v2/once.h"

#include <algorithm>

#include "base/key_ring.h"
#include "core/notifications/request_json.h"

namespace postroom::api::v2 {
namespace {

constexpr std::string_view kKeyHeader = "Idempotency-Key";

bool is_usable(std::string_view key) {
  return !key.empty() && key.size() <= kIdempotencyKeyMax &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

http::Response unusable_key_response() {
  return error_response(
      400, "ValidationError",
      "Idempotency-Key must have 1 to " + std::to_string(kIdempotencyKeyMax) + " printable ASCII characters");
}

http::Response running_response() {
  return error_response(409, "ConflictError",
                        "A request with this Idempotency-Key is being answered just now, try again in a second")
      .add("Retry-After", "1");
}

http::Response answer_again(const ports::KeptAnswer& kept) {
  if (!kept.is_same_request) {
    return error_response(
        422, "ValidationError",
        "This Idempotency-Key was used for another request within the last 24 hours, use a new one");
  }
  return json_answer(kept.status, kept.body).add("Idempotent-Replayed", "true");
}

flows::Once once_of(PublicApi& api, const auth::Caller& caller, const http::Request& request,
                    std::string_view key) {
  return {.key = {.service_id = caller.service->id, .key_type = caller.key_type, .text = std::string(key)},
          .request = sha256(request.method + ' ' + request.path) + sha256(request.body),
          .wire = api.wire};
}

Or<std::unique_ptr<OnceUnderWay>> begin_once(PublicApi& api, const auth::Caller& caller,
                                             const http::Request& request) {
  const auto key = request.header(kKeyHeader);
  if (!key) return nullptr;
  if (!is_usable(*key)) return tl::unexpected(unusable_key_response());
  flows::Once once = once_of(api, caller, request, *key);
  std::string running_key =
      once.key.service_id.text() + char('0' + static_cast<int>(once.key.key_type)) + once.key.text;
  if (!api.running->add(running_key)) return tl::unexpected(running_response());
  auto begun = std::make_unique<OnceUnderWay>(std::move(once), *api.running, std::move(running_key));
  // Looked up only now: who ran until a moment ago has its answer kept before it stops running.
  auto kept = api.send.answers->find(begun->once().key, begun->once().request, api.send.clock.now());
  if (!kept) return tl::unexpected(error_response(kept.error()));
  if (*kept) return tl::unexpected(answer_again(**kept));
  return begun;
}

}  // namespace

Or<BegunRequest> begin_request(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  if (auto admitted = api.send.limits.admit_request(*caller.service, caller.key_type); !admitted) {
    return tl::unexpected(error_response(admitted.error()));
  }
  auto once = begin_once(api, caller, request);
  if (!once) return tl::unexpected(std::move(once).error());
  BegunRequest begun{.sender = sender_of(caller), .once = std::move(*once)};
  if (begun.once) begun.sender.once = &begun.once->once();
  return begun;
}

Or<BegunSend> begin_send(PublicApi& api, const auth::Caller& caller, const http::Request& request,
                         notifications::NotificationType type) {
  auto begun = begin_request(api, caller, request);
  if (!begun) return tl::unexpected(std::move(begun).error());
  if (auto admitted = api.send.limits.admit(*caller.service, caller.key_type, type); !admitted) {
    return tl::unexpected(error_response(admitted.error()));
  }
  auto document = notifications::parse_request_json(request.body);
  if (!document) return tl::unexpected(bad_json_response());
  return BegunSend{.sender = begun->sender, .once = std::move(begun->once), .document = std::move(*document)};
}

http::Response refused(PublicApi& api, const flows::Sender& sender, const flows::Refusal& refusal) {
  if (refusal.kind != flows::RefusalKind::repeated || sender.once == nullptr) return error_response(refusal);
  auto kept = api.send.answers->find(sender.once->key, sender.once->request, api.send.clock.now());
  if (!kept) return error_response(kept.error());
  return *kept ? answer_again(**kept) : running_response();
}

}  // namespace postroom::api::v2
