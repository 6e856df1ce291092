#include "flows/deliver/letter_logos.h"

#include <fmt/format.h>

#include <utility>

#include "base/key_ring.h"

namespace postroom::flows {

Result<LetterLogo> LetterLogos::of(ServiceId id) {
  POSTROOM_TRY(service, services_.find(id));
  const std::string& key = service->letter_logo;
  LetterLogo logo{.picture = nullptr, .name = service->name};
  if (key.empty()) return logo;
  UtcTime now = clock_.now();
  logo.picture = pictures_.find(key, now);
  if (logo.picture) return logo;
  auto bytes = blobs_.get(ports::Bucket::letter_logos, key);
  auto picture = bytes ? pdf::picture_from_bytes(*bytes) : tl::unexpected(bytes.error());
  if (!picture) {
    return fail(ErrorKind::retry_later,
                fmt::format("the logo {} of service {} cannot be read: {}; set it again with 'service letter-logo'",
                            key, id.text(), picture.error().message));
  }
  logo.picture = std::make_shared<const pdf::Picture>(std::move(*picture));
  pictures_.put(key, logo.picture, now);
  return logo;
}

Result<pdf::Picture> LetterLogos::set(accounts::Service service, BytesView file) {
  POSTROOM_TRY(picture, reader_.read(file));
  Bytes bytes = pdf::to_bytes(picture);
  std::string key = fmt::format("{}/{}.logo", service.id.text(), to_hex(sha256(bytes)));
  POSTROOM_CHECK(blobs_.put(ports::Bucket::letter_logos, key, bytes));
  POSTROOM_CHECK(replace(service, std::move(key)));
  return picture;
}

Result<void> LetterLogos::remove(accounts::Service service) { return replace(service, ""); }

// The old one goes last: until then letters have one or the other, and those in between are tried again.
Result<void> LetterLogos::replace(accounts::Service& service, std::string key) {
  std::string old = std::exchange(service.letter_logo, std::move(key));
  POSTROOM_CHECK(services_.update(service));
  if (old.empty() || old == service.letter_logo) return {};
  return blobs_.remove(ports::Bucket::letter_logos, old);
}

}  // namespace postroom::flows
