#include "app/local_printing.h"

#include "adapters/pdf_batch/letter_batch.h"
#include "adapters/zip/zip_writer.h"

namespace postroom::app {
namespace {

Result<std::string> sender_of(Parts& parts, std::string_view reference) {
  const std::string text(reference);
  POSTROOM_TRY(found, parts.database->notifications().find_by_references(std::span(&text, 1)));
  if (found.empty()) return fail(ErrorKind::not_found, "there is no letter " + text);
  auto service = parts.database->services().find(found.front().service_id);
  if (service) return std::move(service->name);
  if (service.error().kind != ErrorKind::not_found) return fail(std::move(service).error());
  return found.front().service_id.text();
}

}  // namespace

bool prints_locally(const Settings& settings) { return settings.text("print.provider") == kPrintLocally; }

flows::PrintRunOptions print_run_options(const Parts& parts) {
  flows::PrintRunOptions options = flows::print_run::from_settings(parts.settings);
  options.temp_folder = parts.data_folder + "/temp";
  if (prints_locally(parts.settings)) {
    options.prints_locally = true;
    options.sent_by = std::string(kPrintLocally);
    options.zip_folder = std::string(kToPrintFolder);
    // One file for each postage; separators keep the services apart.
    options.group_limits.per_service = false;
  }
  return options;
}

ports::ZipCreator print_file_creator(Parts& parts) {
  if (!prints_locally(parts.settings)) return zip::StoredZipWriter::create;
  return [&parts](const std::string& path) {
    return pdf_batch::LetterBatchWriter::create(
        path,
        {*parts.letter_renderer, [&parts](std::string_view reference) { return sender_of(parts, reference); }});
  };
}

}  // namespace postroom::app
