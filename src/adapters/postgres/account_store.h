// Services with their keys and callbacks, and templates.
#pragma once

#include "adapters/postgres/store.h"
#include "ports/account_store.h"

namespace postroom::postgres {

class ServiceStore final : public ports::ServiceStore {
 public:
  explicit ServiceStore(const Store& store) : store_(store) {}

  Result<void> create(const accounts::Service& service) override;
  Result<void> update(const accounts::Service& service) override;
  Result<accounts::Service> find(ServiceId id) override;
  Result<accounts::Service> find_by_name(std::string_view name) override;
  Result<std::vector<accounts::Service>> list() override;
  Result<void> create_key(const accounts::ApiKey& key) override;
  Result<std::vector<accounts::ApiKey>> keys(ServiceId service) override;
  Result<void> revoke_key(ServiceId service, ApiKeyId key, UtcTime at) override;
  Result<void> set_callback(const accounts::CallbackConfig& config) override;
  Result<std::optional<accounts::CallbackConfig>> callback(ServiceId service, accounts::CallbackType type) override;
  Result<void> remove_callback(ServiceId service, accounts::CallbackType type) override;

 private:
  Result<accounts::Service> open_service(ServiceId id, BytesView sealed) const;

  const Store& store_;
};

class TemplateStore final : public ports::TemplateStore {
 public:
  explicit TemplateStore(const Store& store) : store_(store) {}

  Result<void> add_version(const notifications::Template& version) override;
  Result<notifications::Template> find(ServiceId service, TemplateId id, std::optional<int> version) override;
  Result<std::vector<notifications::Template>> list(ServiceId service) override;

 private:
  Result<notifications::Template> open_template(TemplateId id, int version, BytesView sealed) const;

  const Store& store_;
};

}  // namespace postroom::postgres
