// The logos of services' letters: kept as pictures, copied into each letter.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/ttl_cache.h"
#include "core/accounts/service.h"
#include "core/pdf/picture.h"
#include "flows/deliver/cached_services.h"
#include "ports/blob_store.h"
#include "ports/logo_reader.h"

namespace postroom::flows {

struct LetterLogo {
  std::shared_ptr<const pdf::Picture> picture;  // null: the service has none
  std::string name;                             // of the service
};

// Safe from several threads.
class LetterLogos {
 public:
  LetterLogos(ports::ServiceStore& services, ports::BlobStore& blobs, ports::LogoReader& reader, const Clock& clock)
      : services_(services, clock), blobs_(blobs), reader_(reader), clock_(clock) {}

  // retry_later when the logo cannot be had: a letter without it must not be printed.
  Result<LetterLogo> of(ServiceId id);

  // `file` is an SVG or PNG. Errors as LogoReader's; letters made from now on have it.
  Result<pdf::Picture> set(accounts::Service service, BytesView file);
  Result<void> remove(accounts::Service service);

 private:
  Result<void> replace(accounts::Service& service, std::string key);

  CachedServices services_;
  ports::BlobStore& blobs_;
  ports::LogoReader& reader_;
  const Clock& clock_;
  // What is under a key never changes.
  TtlCache<std::string, pdf::Picture> pictures_{std::chrono::minutes{10}, 64};
};

}  // namespace postroom::flows
