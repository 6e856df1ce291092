// Templates ready for filling, kept for a short while so that accepting a message reads nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ttl_cache.h"
#include "core/content/email.h"
#include "core/content/letter.h"
#include "core/content/sms.h"
#include "core/notifications/template.h"
#include "ports/account_store.h"

namespace postroom::flows {

// One version of a template with its texts read. Which members there are depends on the channel.
struct LoadedTemplate {
  explicit LoadedTemplate(notifications::Template record);

  notifications::Template record;
  std::optional<content::SmsTemplate> sms;
  std::optional<content::EmailTemplate> email;
  std::optional<content::LetterTemplate> letter;
  std::optional<content::LetterTemplate> welsh_letter;  // without the contact block, which the English part has
  // All of them, in listing order.
  std::vector<content::Placeholder> placeholders;
};
using LoadedTemplatePtr = std::shared_ptr<const LoadedTemplate>;

// An edit of a template counts from this long after it at the latest.
inline constexpr std::chrono::seconds kTemplateCacheTtl{2};
// Versions never change; this only bounds how long an unused one is kept.
inline constexpr std::chrono::seconds kTemplateVersionCacheTtl{30};
inline constexpr std::size_t kTemplateCacheEntriesMax = 1024;

// Safe from several threads.
class TemplateCache {
 public:
  // Both must outlive the cache. `wall_clock` is real time.
  TemplateCache(ports::TemplateStore& store, const Clock& wall_clock);

  // As TemplateStore::find. Hidden templates are found too.
  Result<LoadedTemplatePtr> find(ServiceId service, TemplateId id, std::optional<int> version = std::nullopt);

 private:
  struct Key {
    ServiceId service;
    TemplateId id;
    int version = 0;  // 0: the newest
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<TemplateId>{}(key.id) ^ (std::hash<ServiceId>{}(key.service) << 1) ^
             static_cast<std::size_t>(key.version);
    }
  };

  ports::TemplateStore& store_;
  const Clock& wall_clock_;
  TtlCache<Key, LoadedTemplate, KeyHash> newest_{kTemplateCacheTtl, kTemplateCacheEntriesMax};
  TtlCache<Key, LoadedTemplate, KeyHash> versions_{kTemplateVersionCacheTtl, kTemplateCacheEntriesMax};
};

}  // namespace postroom::flows
