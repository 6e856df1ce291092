// Names and sizes for people and for places that take few characters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postroom::content {

// The name of a service as the local part of its email address: "Café & Co." gives "cafe.co". Letters keep their
// alphabet ("Ø" stays), so the result must be checked before use; it may be empty.
std::string email_local_part(std::string_view name);
// The longest sender, `"name" <local@domain>`, in characters.
inline constexpr std::size_t kEmailSenderMax = 320;

// The same with '-' for white space and without full stops, for ids of HTML elements.
std::string html_id(std::string_view name);

// "0.1KB", "1.5MB": one decimal, none when it is 0, never less than 0.1KB.
std::string file_size_text(std::uint64_t bytes);

}  // namespace postroom::content
