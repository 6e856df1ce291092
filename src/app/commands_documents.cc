// Files sent by email, as far as this side can see them: their names are encrypted with the keys in their links.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "flows/documents/sweep.h"

namespace postroom::app {
namespace {

constexpr int kDocumentsShown = 1'000;
constexpr int kDocumentsShownMax = 100'000;

Result<json::value> list_documents(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  std::int64_t limit = get_int(arguments, "limit").value_or(kDocumentsShown);
  if (limit < 1 || limit > kDocumentsShownMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("limit is {}, but must be from 1 to {}", limit, kDocumentsShownMax));
  }
  POSTROOM_TRY(records, parts.database->documents().list(service.id, static_cast<int>(limit)));
  json::array out;
  for (const ports::DocumentRecord& record : records) {
    const auto last = record.downloaded_at;
    out.push_back(json::object{{"id", record.id.text()},
                               {"notification_id", record.notification_id.text()},
                               {"bytes", record.byte_count},
                               {"created_at", format_rfc3339(record.created_at)},
                               {"expires_at", format_rfc3339(record.expires_at)},
                               {"downloads", record.download_count},
                               {"downloaded_at", last ? json::value(format_rfc3339(*last)) : json::value()}});
  }
  return json::value(out);
}

Result<json::value> remove_document(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "id"));
  auto id = DocumentId::parse(text);
  auto deleted = id ? flows::delete_document(*parts.flows->document_ports, *id)
                    : Result<void>(fail(ErrorKind::not_found, "not an id"));
  if (!deleted && deleted.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found,
                fmt::format("there is no document '{}': `postroom document list SERVICE` shows them", text));
  }
  if (!deleted) return fail(deleted.error());
  return json::value(json::object{{"id", text}, {"deleted", true}});
}

}  // namespace

void add_document_commands(Commands& commands) {
  commands.add("document list", list_documents);
  commands.add("document delete", remove_document);
}

}  // namespace postroom::app
