// Letters that come as PDF, wired.
#pragma once

#include <memory>

#include "app/parts.h"
#include "flows/letter_check/letter_check.h"
#include "flows/ready_letters/letter_filing.h"
#include "flows/ready_letters/letter_previews.h"
#include "flows/ready_letters/letter_rescan.h"
#include "flows/ready_letters/letter_scan.h"
#include "flows/ready_letters/letter_uploads.h"
#include "flows/ready_letters/template_attachments.h"
#include "ports/letter_stamper.h"
#include "ports/pdf_joiner.h"
#include "ports/pdf_scanner.h"

namespace postroom::worker {
class TaskTable;
}

namespace postroom::app {

// Declared in the order they are built; each holds references to those above it.
struct ReadyLetterParts {
  std::unique_ptr<ports::PdfScanner> pdf_scanner;
  std::unique_ptr<ports::LetterStamper> stamper;
  std::unique_ptr<flows::ReadyLetterPorts> ports;
  std::unique_ptr<flows::LetterCheck> check;
  std::unique_ptr<flows::LetterScan> scan;
  std::unique_ptr<flows::LetterFiling> filing;
  std::unique_ptr<flows::LetterRescan> rescan;
  std::unique_ptr<flows::LetterUploads> uploads;
  std::unique_ptr<flows::TemplateAttachments> attachments;
  std::unique_ptr<flows::LetterPreviews> previews;
};

// Once the flows that send and render are there.
void build_ready_letters(Parts& parts);
void add_ready_letter_tasks(worker::TaskTable& table, Parts& parts);

}  // namespace postroom::app
