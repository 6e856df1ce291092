#include "flows/send/template_cache.h"

namespace postroom::flows {

using notifications::NotificationType;

LoadedTemplate::LoadedTemplate(notifications::Template text) : record(std::move(text)) {
  switch (record.type) {
    case NotificationType::sms:
      sms.emplace(record.content);
      placeholders = sms->placeholders();
      return;
    case NotificationType::email:
      email.emplace(record.subject, record.content);
      placeholders = email->placeholders();
      return;
    case NotificationType::letter:
      letter.emplace(record.subject, record.content, record.contact_block);
      placeholders = letter->contact_placeholders();
      if (record.welsh_first) {
        welsh_letter.emplace(record.welsh_subject, record.welsh_content);
        content::merge_placeholders(placeholders, welsh_letter->text_placeholders());
      }
      content::merge_placeholders(placeholders, letter->text_placeholders());
      return;
  }
}

TemplateCache::TemplateCache(ports::TemplateStore& store, const Clock& wall_clock)
    : store_(store), wall_clock_(wall_clock) {}

Result<LoadedTemplatePtr> TemplateCache::find(ServiceId service, TemplateId id, std::optional<int> version) {
  const Key key{.service = service, .id = id, .version = version.value_or(0)};
  const UtcTime now = wall_clock_.now();
  auto& cache = version ? versions_ : newest_;
  if (LoadedTemplatePtr known = cache.find(key, now)) return known;
  POSTROOM_TRY(record, store_.find(service, id, version));
  auto loaded = std::make_shared<const LoadedTemplate>(std::move(record));
  cache.put(key, loaded, now);
  return loaded;
}

}  // namespace postroom::flows
