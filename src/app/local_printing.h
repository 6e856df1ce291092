// print.provider=print-locally: letters become PDFs in a folder, for a printer at hand.
#pragma once

#include "app/parts.h"
#include "flows/print_run/settings.h"
#include "ports/zip_writer.h"

namespace postroom::app {

inline constexpr std::string_view kPrintLocally = "print-locally";
inline constexpr std::string_view kToPrintFolder = "to-print";  // below print.folder: what people print

bool prints_locally(const Settings& settings);

// The print run's options as the settings say, for whichever print house.
flows::PrintRunOptions print_run_options(const Parts& parts);
// What makes the file that travels: a zip, or a PDF of letters. The parts must outlive it.
ports::ZipCreator print_file_creator(Parts& parts);

}  // namespace postroom::app
