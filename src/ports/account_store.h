// Services, keys, callbacks and templates.
#pragma once

#include <optional>
#include <vector>

#include "core/accounts/api_key.h"
#include "core/accounts/callback_config.h"
#include "core/accounts/service.h"
#include "core/notifications/template.h"

namespace postroom::ports {

// Safe from several threads. retry_later when the database is busy or away; corrupt when what is sealed was
// altered. "Ignoring case" is ASCII case.
class ServiceStore {
 public:
  virtual ~ServiceStore() = default;
  // conflict when the id or the name (ignoring case) is taken.
  virtual Result<void> create(const accounts::Service& service) = 0;
  // Replaces the whole record. not_found; conflict when the new name is taken.
  virtual Result<void> update(const accounts::Service& service) = 0;
  virtual Result<accounts::Service> find(ServiceId id) = 0;                   // not_found
  virtual Result<accounts::Service> find_by_name(std::string_view name) = 0;  // ignoring case; not_found
  virtual Result<std::vector<accounts::Service>> list() = 0;                  // by name

  // conflict when the id exists or a key of the service that is not revoked has the name.
  virtual Result<void> create_key(const accounts::ApiKey& key) = 0;
  virtual Result<std::vector<accounts::ApiKey>> keys(ServiceId service) = 0;  // oldest first, revoked ones too
  // not_found when the service has no such key; a revoked key keeps its first time.
  virtual Result<void> revoke_key(ServiceId service, ApiKeyId key, UtcTime at) = 0;

  // One for each service and type: replaces.
  virtual Result<void> set_callback(const accounts::CallbackConfig& config) = 0;
  virtual Result<std::optional<accounts::CallbackConfig>> callback(ServiceId service,
                                                                   accounts::CallbackType type) = 0;
  virtual Result<void> remove_callback(ServiceId service, accounts::CallbackType type) = 0;  // absent is no error
};

class TemplateStore {
 public:
  virtual ~TemplateStore() = default;
  // Stores a version: 1 for a new template, else exactly one more than the newest. conflict otherwise,
  // also when the template belongs to another service.
  virtual Result<void> add_version(const notifications::Template& version) = 0;
  // The newest version, or the given one. not_found, also when the template belongs to another service.
  virtual Result<notifications::Template> find(ServiceId service, TemplateId id,
                                               std::optional<int> version = std::nullopt) = 0;
  // Newest versions of one service, archived and hidden ones too, by name then type.
  virtual Result<std::vector<notifications::Template>> list(ServiceId service) = 0;
};

}  // namespace postroom::ports
