#include "adapters/sqlite/account_store.h"

#include <algorithm>
#include <tuple>

#include "base/json.h"
#include "base/text.h"

namespace postroom::sqlite {
namespace {

using store_common::callback_context;
using store_common::key_context;
using store_common::open_document;
using store_common::service_context;
using store_common::template_context;

Error no_service(ServiceId id) { return {ErrorKind::not_found, "there is no service " + id.text()}; }

}  // namespace

Result<void> ServiceStore::create(const accounts::Service& service) {
  const Bytes document = store_.seal(write_json(to_json(service)), service_context(service.id));
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    int stored = transaction.connection.run(
        "INSERT INTO service(id, name_key, document, letters_as_pdf) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO "
        "NOTHING",
        service.id, to_lower(service.name), Blob{document}, service.has(accounts::Permission::letters_as_pdf));
    if (stored == 0) {
      return fail(ErrorKind::conflict, "a service with this id or the name '" + service.name + "' exists already");
    }
    return {};
  });
}

Result<void> ServiceStore::update(const accounts::Service& service) {
  const Bytes document = store_.seal(write_json(to_json(service)), service_context(service.id));
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    if (!connection.query("SELECT 1 FROM service WHERE id = ?1", service.id).next())
      return fail(no_service(service.id));
    int stored = connection.run(
        "UPDATE OR IGNORE service SET name_key = ?2, document = ?3, letters_as_pdf = ?4 WHERE id = ?1", service.id,
        to_lower(service.name), Blob{document}, service.has(accounts::Permission::letters_as_pdf));
    if (stored == 0) return fail(ErrorKind::conflict, "another service has the name '" + service.name + "'");
    return {};
  });
}

Result<accounts::Service> ServiceStore::open_service(ServiceId id, BytesView sealed) const {
  POSTROOM_TRY(document, open_document(store_.key_ring, sealed, service_context(id), "service " + id.text()));
  return accounts::service_from_json(document);
}

Result<accounts::Service> ServiceStore::find(ServiceId id) {
  Bytes sealed;
  POSTROOM_CHECK(store_.readers.run([&](Connection& connection) -> Result<void> {
    Cursor row = connection.query("SELECT document FROM service WHERE id = ?1", id);
    if (!row.next()) return fail(no_service(id));
    sealed = row.bytes();
    return {};
  }));
  return open_service(id, sealed);
}

Result<accounts::Service> ServiceStore::find_by_name(std::string_view name) {
  const std::string key = to_lower(name);
  ServiceId id;
  Bytes sealed;
  POSTROOM_CHECK(store_.readers.run([&](Connection& connection) -> Result<void> {
    Cursor row = connection.query("SELECT id, document FROM service WHERE name_key = ?1", key);
    if (!row.next()) return fail(ErrorKind::not_found, "there is no service named '" + std::string(name) + "'");
    id = row.id<ServiceId>();
    sealed = row.bytes();
    return {};
  }));
  return open_service(id, sealed);
}

Result<std::vector<accounts::Service>> ServiceStore::list() {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<accounts::Service>> {
    std::vector<accounts::Service> out;
    Cursor row = connection.query("SELECT id, document FROM service ORDER BY name_key");
    while (row.next()) {
      auto id = row.id<ServiceId>();
      POSTROOM_TRY(service, open_service(id, row.bytes()));
      out.push_back(std::move(service));
    }
    return out;
  });
}

Result<void> ServiceStore::create_key(const accounts::ApiKey& key) {
  const Bytes secret = store_.seal(key.secret, key_context(key.id));
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    int stored = transaction.connection.run(
        "INSERT INTO api_key(id, service_id, name, type, secret, created_at, revoked_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        key.id, key.service_id, key.name, code_of(key.type), Blob{secret}, key.created_at, key.revoked_at);
    if (stored == 0) {
      return fail(ErrorKind::conflict,
                  "the service has a key named '" + key.name + "': revoke it or choose another name");
    }
    return {};
  });
}

Result<std::vector<accounts::ApiKey>> ServiceStore::keys(ServiceId service) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<accounts::ApiKey>> {
    std::vector<accounts::ApiKey> out;
    Cursor row = connection.query(
        "SELECT id, name, type, secret, created_at, revoked_at FROM api_key WHERE service_id = ?1 "
        "ORDER BY created_at, rowid",
        service);
    while (row.next()) {
      accounts::ApiKey key;
      key.id = row.id<ApiKeyId>();
      key.service_id = service;
      key.name = row.text();
      key.type = row.enumerator<accounts::KeyType>();
      auto secret = store_.key_ring.open(row.bytes(), key_context(key.id));
      if (!secret) return fail_in("API key " + key.id.text(), std::move(secret).error());
      key.secret = std::move(*secret);
      key.created_at = row.time();
      key.revoked_at = row.optional_time();
      out.push_back(std::move(key));
    }
    return out;
  });
}

Result<void> ServiceStore::revoke_key(ServiceId service, ApiKeyId key, UtcTime at) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    int changed = transaction.connection.run(
        "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?3) WHERE id = ?1 AND service_id = ?2", key, service,
        at);
    if (changed == 0) return fail(ErrorKind::not_found, "the service has no key " + key.text());
    return {};
  });
}

Result<void> ServiceStore::set_callback(const accounts::CallbackConfig& config) {
  const Bytes token = store_.seal(config.bearer_token, callback_context(config.service_id, config.type));
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    transaction.connection.run(
        "INSERT INTO callback(service_id, type, url, bearer_token) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (service_id, type) DO UPDATE SET url = excluded.url, bearer_token = excluded.bearer_token",
        config.service_id, code_of(config.type), config.url, Blob{token});
    return {};
  });
}

Result<std::optional<accounts::CallbackConfig>> ServiceStore::callback(ServiceId service,
                                                                       accounts::CallbackType type) {
  using Found = std::optional<accounts::CallbackConfig>;
  return store_.readers.run([&](Connection& connection) -> Result<Found> {
    Cursor row = connection.query("SELECT url, bearer_token FROM callback WHERE service_id = ?1 AND type = ?2",
                                  service, code_of(type));
    if (!row.next()) return Found{};
    accounts::CallbackConfig config{service, type, row.text(), {}};
    auto token = store_.key_ring.open(row.bytes(), callback_context(service, type));
    if (!token) return fail_in("callback of service " + service.text(), std::move(token).error());
    config.bearer_token = std::move(*token);
    return Found{std::move(config)};
  });
}

Result<void> ServiceStore::remove_callback(ServiceId service, accounts::CallbackType type) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    transaction.connection.run("DELETE FROM callback WHERE service_id = ?1 AND type = ?2", service, code_of(type));
    return {};
  });
}

Result<void> TemplateStore::add_version(const notifications::Template& version) {
  const Bytes document = store_.seal(write_json(to_json(version)), template_context(version.id, version.version));
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    int newest = 0;
    ServiceId owner = version.service_id;
    if (Cursor row = connection.query(
            "SELECT version, service_id FROM template WHERE id = ?1 ORDER BY version DESC LIMIT 1", version.id);
        row.next()) {
      newest = row.small();
      owner = row.id<ServiceId>();
    }
    if (owner != version.service_id) {
      return fail(ErrorKind::conflict, "template " + version.id.text() + " belongs to another service");
    }
    if (version.version != newest + 1) {
      return fail(ErrorKind::conflict, "template " + version.id.text() + " is at version " +
                                           std::to_string(newest) + ", so version " +
                                           std::to_string(version.version) +
                                           " cannot be added: someone else may have edited it, load it again");
    }
    connection.run("INSERT INTO template(id, version, service_id, document) VALUES (?1, ?2, ?3, ?4)", version.id,
                   version.version, version.service_id, Blob{document});
    return {};
  });
}

Result<notifications::Template> TemplateStore::open_template(TemplateId id, int version, BytesView sealed) const {
  POSTROOM_TRY(document,
               open_document(store_.key_ring, sealed, template_context(id, version), "template " + id.text()));
  return notifications::template_from_json(document);
}

Result<notifications::Template> TemplateStore::find(ServiceId service, TemplateId id, std::optional<int> version) {
  int found_version = 0;
  Bytes sealed;
  POSTROOM_CHECK(store_.readers.run([&](Connection& connection) -> Result<void> {
    Cursor row = connection.query(
        "SELECT version, document FROM template WHERE id = ?1 AND service_id = ?2 AND (?3 IS NULL OR version = ?3) "
        "ORDER BY version DESC LIMIT 1",
        id, service, version);
    if (!row.next()) {
      return fail(ErrorKind::not_found, "the service has no template " + id.text() +
                                            (version ? " with version " + std::to_string(*version) : ""));
    }
    found_version = row.small();
    sealed = row.bytes();
    return {};
  }));
  return open_template(id, found_version, sealed);
}

Result<std::vector<notifications::Template>> TemplateStore::list(ServiceId service) {
  using Templates = std::vector<notifications::Template>;
  auto found = store_.readers.run([&](Connection& connection) -> Result<Templates> {
    Templates out;
    Cursor row = connection.query(
        "SELECT t.id, t.version, t.document FROM template t WHERE t.service_id = ?1 AND NOT EXISTS "
        "(SELECT 1 FROM template n WHERE n.id = t.id AND n.version > t.version)",
        service);
    while (row.next()) {
      auto id = row.id<TemplateId>();
      int version = row.small();
      POSTROOM_TRY(opened, open_template(id, version, row.bytes()));
      out.push_back(std::move(opened));
    }
    return out;
  });
  if (found) {
    std::ranges::sort(*found, {}, [](const notifications::Template& t) { return std::tie(t.name, t.type, t.id); });
  }
  return found;
}

}  // namespace postroom::sqlite
