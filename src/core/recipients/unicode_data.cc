#include "core/recipients/unicode_data.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uidna.h>
#include <unicode/unistr.h>

#include <array>

namespace postroom::recipients {
namespace {

// ICU's IDNA 2003 needs no more than this for a legal domain (253 characters); longer input fails.
constexpr std::size_t kDomainBytesMax = 2000;
constexpr std::size_t kAsciiDomainBytes = 512;

}  // namespace

char32_t first_of_canonical_decomposition(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  icu::UnicodeString decomposition;
  if (U_FAILURE(status) || !nfc->getRawDecomposition(static_cast<UChar32>(c), decomposition)) return c;
  return static_cast<char32_t>(decomposition.char32At(0));
}

std::string lower_with_unicode_data(std::string_view text) {
  std::string lowered;
  icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())))
      .toLower(icu::Locale::getRoot())
      .toUTF8String(lowered);
  return lowered;
}

std::string compatibility_decomposition(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(status);
  if (U_FAILURE(status)) return std::string(text);
  std::string decomposed;
  icu::StringByteSink<std::string> sink(&decomposed, static_cast<std::int32_t>(text.size()));
  nfkd->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr,
                      status);
  return U_FAILURE(status) ? std::string(text) : decomposed;
}

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  if (domain.empty() || domain.size() > kDomainBytesMax) return std::nullopt;
  icu::UnicodeString source =
      icu::UnicodeString::fromUTF8(icu::StringPiece(domain.data(), static_cast<std::int32_t>(domain.size())));
  std::array<char16_t, kAsciiDomainBytes> ascii;
  UErrorCode status = U_ZERO_ERROR;
  // ICU marks IDNA 2003 as deprecated in favour of 2008, but addresses that were accepted must stay accepted.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  std::int32_t length =
      uidna_IDNToASCII(source.getBuffer(), source.length(), ascii.data(), static_cast<std::int32_t>(ascii.size()),
                       UIDNA_ALLOW_UNASSIGNED, nullptr, &status);
#pragma GCC diagnostic pop
  if (U_FAILURE(status) || length < 0 || static_cast<std::size_t>(length) > ascii.size()) return std::nullopt;
  std::string result;
  result.reserve(static_cast<std::size_t>(length));
  for (std::int32_t i = 0; i < length; ++i) {
    if (ascii[static_cast<std::size_t>(i)] >= 0x80) return std::nullopt;
    result.push_back(static_cast<char>(ascii[static_cast<std::size_t>(i)]));
  }
  return result;
}

}  // namespace postroom::recipients
