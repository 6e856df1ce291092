#include "core/notifications/template.h"

namespace postroom::notifications {

json::object to_json(const Template& t) {
  json::object out{{"id", t.id.text()},
                   {"service_id", t.service_id.text()},
                   {"version", t.version},
                   {"type", to_string(t.type)},
                   {"name", t.name},
                   {"subject", t.subject},
                   {"content", t.content},
                   {"archived", t.archived},
                   {"hidden", t.hidden},
                   {"has_unsubscribe_link", t.has_unsubscribe_link},
                   {"contact_block", t.contact_block},
                   {"welsh_first", t.welsh_first},
                   {"welsh_subject", t.welsh_subject},
                   {"welsh_content", t.welsh_content},
                   {"created_by", t.created_by},
                   {"created_at", format_rfc3339(t.created_at)}};
  if (!t.attachment.empty()) {
    out["attachment"] = t.attachment;
    out["attachment_pages"] = t.attachment_pages;
  }
  if (t.postage) out["postage"] = to_string(*t.postage);
  if (t.updated_at) out["updated_at"] = format_rfc3339(*t.updated_at);
  return out;
}

Result<Template> template_from_json(const json::object& document) {
  auto text = [&](std::string_view key) { return get_string(document, key).value_or(""); };
  auto flag = [&](std::string_view key) { return get_bool(document, key).value_or(false); };
  auto id = TemplateId::parse(text("id"));
  auto service_id = ServiceId::parse(text("service_id"));
  auto type = parse_notification_type(text("type"));
  auto created_at = parse_rfc3339(text("created_at"));
  if (!id || !service_id || !type || !created_at) {
    return fail(ErrorKind::corrupt, "a stored template lacks its id, service_id, type or created_at");
  }
  Template t;
  t.id = *id;
  t.service_id = *service_id;
  t.version = static_cast<int>(get_int(document, "version").value_or(1));
  t.type = *type;
  t.name = text("name");
  t.subject = text("subject");
  t.content = text("content");
  t.archived = flag("archived");
  t.hidden = flag("hidden");
  t.has_unsubscribe_link = flag("has_unsubscribe_link");
  t.postage = parse_postage(text("postage"));
  t.contact_block = text("contact_block");
  t.welsh_first = flag("welsh_first");
  t.welsh_subject = text("welsh_subject");
  t.welsh_content = text("welsh_content");
  t.attachment = text("attachment");
  t.attachment_pages = static_cast<int>(get_int(document, "attachment_pages").value_or(0));
  t.created_by = text("created_by");
  t.created_at = *created_at;
  t.updated_at = parse_rfc3339(text("updated_at"));
  return t;
}

}  // namespace postroom::notifications
