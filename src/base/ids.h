// Ids are 16 bytes, shown as lower-case UUIDs (RFC 9562), and typed: a ServiceId is not a TemplateId.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/time.h"

namespace postroom {

class Uuid {
 public:
  constexpr Uuid() = default;  // the nil UUID
  // Canonical text: 36 characters, either case.
  static std::optional<Uuid> parse(std::string_view text);
  // What Python's uuid.UUID accepts: hyphens anywhere, braces, "urn:uuid:", either case.
  static std::optional<Uuid> parse_lenient(std::string_view text);
  // Exactly 16 bytes.
  static std::optional<Uuid> from_bytes(BytesView bytes);
  // Version 4: 122 random bits. For secrets and for ids that nobody sorts.
  static Uuid random(Random& random);
  // Version 7: millisecond time, then random bits, so that new rows land at the end of an index.
  static Uuid time_ordered(UtcTime now, Random& random);

  std::string text() const;
  BytesView bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  bool is_nil() const { return *this == Uuid{}; }

  friend auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  std::array<unsigned char, 16> bytes_{};
};

// A typed id. `Tag` is an incomplete struct that names what it identifies.
template <typename Tag>
class Id {
 public:
  constexpr Id() = default;  // nil: "none yet"
  explicit constexpr Id(Uuid uuid) : uuid_(uuid) {}

  static std::optional<Id> parse(std::string_view text) { return wrap(Uuid::parse(text)); }
  static std::optional<Id> parse_lenient(std::string_view text) { return wrap(Uuid::parse_lenient(text)); }
  static std::optional<Id> from_bytes(BytesView bytes) { return wrap(Uuid::from_bytes(bytes)); }

  const Uuid& uuid() const { return uuid_; }
  std::string text() const { return uuid_.text(); }
  BytesView bytes() const { return uuid_.bytes(); }
  bool is_nil() const { return uuid_.is_nil(); }

  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  static std::optional<Id> wrap(std::optional<Uuid> uuid) {
    if (!uuid) return std::nullopt;
    return Id{*uuid};
  }
  Uuid uuid_;
};

using ServiceId = Id<struct ServiceTag>;
using ApiKeyId = Id<struct ApiKeyTag>;
using TemplateId = Id<struct TemplateTag>;
using NotificationId = Id<struct NotificationTag>;
using JobId = Id<struct JobTag>;
using DocumentId = Id<struct DocumentTag>;
using TaskId = Id<struct TaskTag>;

}  // namespace postroom

template <>
struct std::hash<postroom::Uuid> {
  std::size_t operator()(const postroom::Uuid& uuid) const { return std::hash<std::string_view>{}(uuid.bytes()); }
};
template <typename Tag>
struct std::hash<postroom::Id<Tag>> {
  std::size_t operator()(const postroom::Id<Tag>& id) const { return std::hash<postroom::Uuid>{}(id.uuid()); }
};
