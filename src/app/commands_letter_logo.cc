// The logo of a service's letters.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "core/pdf/letter_geometry.h"

namespace postroom::app {
namespace {

Result<Bytes> file_of(const json::object& arguments) {
  if (auto encoded = get_string(arguments, "content_base64")) {
    auto bytes = from_base64(*encoded);
    if (!bytes) return fail(ErrorKind::invalid_input, "content_base64 is not base64");
    return std::move(*bytes);
  }
  return required(arguments, "content");
}

Result<json::value> set_logo(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  const std::string id = service.id.text();
  flows::LetterLogos& logos = *parts.flows->letter_logos;
  if (get_bool(arguments, "remove").value_or(false)) {
    POSTROOM_CHECK(logos.remove(std::move(service)));
    return json::value(json::object{{"service_id", id}, {"logo", nullptr}});
  }
  POSTROOM_TRY(file, file_of(arguments));
  POSTROOM_TRY(picture, logos.set(std::move(service), file));
  constexpr double kMillimetre = pdf::mm(1);
  double height = std::min(pdf::kLogoHeight, pdf::kLogoWidth / picture.ratio);
  return json::value(json::object{{"service_id", id},
                                  {"logo", json::object{{"width_mm", height * picture.ratio / kMillimetre},
                                                        {"height_mm", height / kMillimetre},
                                                        {"bytes", picture.content.size() + picture.mask.size()}}}});
}

}  // namespace

void add_letter_logo_commands(Commands& commands) { commands.add("service letter-logo", set_logo); }

}  // namespace postroom::app
