// How a service's emails look, and who does not want them any more.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/parts.h"
#include "base/text.h"

namespace postroom::app {
namespace {

constexpr int kUnsubscribesShown = 1'000;

Result<json::value> set_brand(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  std::string layout_text = get_string(arguments, "layout").value_or("");
  auto layout = accounts::parse_email_layout(layout_text);
  if (!layout) {
    return fail(ErrorKind::invalid_input,
                fmt::format("layout is '{}', but must be platform, both, brand or brand_banner", layout_text));
  }
  auto text = [&](std::string_view key) { return std::string(trim(get_string(arguments, key).value_or(""))); };
  accounts::EmailBrand brand{.layout = *layout,
                             .name = text("name"),
                             .alt_text = text("alt_text"),
                             .logo_url = text("logo_url"),
                             .colour = text("colour")};
  POSTROOM_CHECK(accounts::check(brand));
  service.email_brand = std::move(brand);
  POSTROOM_CHECK(parts.database->services().update(service));
  json::object out = accounts::to_json(service.email_brand);
  out["service_id"] = service.id.text();
  return json::value(out);
}

Result<json::value> list_unsubscribes(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  std::optional<UtcTime> since;
  if (auto text = get_string(arguments, "since")) {
    since = parse_rfc3339(*text);
    if (!since) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("since is '{}', but must be a time such as 2026-03-02T09:15:00Z", *text));
    }
  }
  std::int64_t limit = get_int(arguments, "limit").value_or(kUnsubscribesShown);
  if (limit < 1 || limit > ports::kUnsubscribeListMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("limit is {}, but must be from 1 to {}", limit, ports::kUnsubscribeListMax));
  }
  POSTROOM_TRY(requests, parts.database->unsubscribes().list(service.id, since, static_cast<int>(limit)));
  json::array out;
  for (const ports::UnsubscribeRequest& request : requests) {
    out.push_back(json::object{{"email_address", request.email_address},
                               {"requested_at", format_rfc3339(request.requested_at)},
                               {"sent_at", format_rfc3339(request.sent_at)},
                               {"template_id", request.template_id.text()},
                               {"template_version", request.template_version},
                               {"notification_id", request.notification_id.text()}});
  }
  return json::value(out);
}

}  // namespace

void add_email_commands(Commands& commands) {
  commands.add("service brand", set_brand);
  commands.add("unsubscribe list", list_unsubscribes);
}

}  // namespace postroom::app
