// The running program's parts, as commands and listeners see them. Owned by Postroom, which builds them in this
// order and takes them apart in reverse.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/key_ring.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/time_zone.h"
#include "fakes/fault_box.h"
#include "fakes/sandbox_outbox.h"
#include "fakes/sandbox_providers.h"
#include "fakes/sandbox_scanner.h"
#include "ports/blob_store.h"
#include "ports/database.h"
#include "ports/http_client.h"
#include "ports/letter_renderer.h"
#include "ports/logo_reader.h"
#include "ports/mailer.h"
#include "ports/pdf_joiner.h"
#include "ports/print_drop.h"
#include "ports/sms_gateway.h"
#include "ports/spreadsheet_reader.h"
#include "ports/ticket_desk.h"
#include "ports/virus_scanner.h"

namespace postroom::worker {
class Scheduler;
class TaskTable;
class WorkerPool;
}  // namespace postroom::worker

namespace postroom::app {

struct EmailParts;     // app/email.h
struct CallbackParts;  // app/callbacks.h
struct FlowParts;      // app/flow_parts.h
struct TextParts;      // app/text_providers.h

struct Parts {
  Parts(Settings all_settings, TimeZone local_zone);
  ~Parts();

  Settings settings;
  TimeZone zone;
  std::string data_folder;
  std::string process_name;  // "host/pid", for leases
  std::string base_url;      // of the API, no slash at the end
  std::string web_base_url;  // of the web pages, no slash at the end; empty: neither set nor listening here
  SystemClock wall;          // real time: tokens, time-outs
  MovableClock clock{wall};  // business time: everything the sandbox may move
  SystemRandom random;
  Metrics metrics;
  std::unique_ptr<KeyRing> key_ring;

  std::unique_ptr<ports::Database> database;
  std::unique_ptr<ports::BlobStore> file_blobs;
  std::unique_ptr<ports::BlobStore> blobs;  // what flows use: file_blobs, or a faulty wrapper in the sandbox

  // Sandbox; null where flags.sandbox_providers is off.
  std::unique_ptr<fakes::FaultBox> faults;
  std::unique_ptr<ports::TaskQueue> faulty_tasks;  // what the workers claim from, in the sandbox
  std::unique_ptr<fakes::SandboxOutbox> outbox;

  std::unique_ptr<ports::TicketDesk> tickets;
  fakes::SandboxTicketDesk* sandbox_tickets = nullptr;  // `tickets`, where it is the sandbox's; else null
  std::unique_ptr<ports::VirusScanner> virus_scanner;   // null: files from outside wait or are refused
  std::unique_ptr<EmailParts> email;
  std::unique_ptr<ports::Mailer> mailer;           // null: email.provider=none
  std::unique_ptr<TextParts> texting;              // null: no provider of texts but the sandbox
  std::unique_ptr<ports::SmsGateway> sms_gateway;  // null: sms.provider=none
  std::unique_ptr<ports::PrintDrop> real_print_drop;
  std::unique_ptr<ports::PrintDrop> print_drop;        // null: print.provider=none
  std::unique_ptr<ports::HttpClient> callback_client;  // for URLs that services chose
  std::unique_ptr<ports::HttpClient> operator_client;  // for URLs of the settings
  std::unique_ptr<ports::LetterRenderer> letter_renderer;
  std::unique_ptr<ports::SpreadsheetReader> spreadsheets;
  std::unique_ptr<ports::PdfJoiner> pdf_joiner;
  std::unique_ptr<ports::LogoReader> logo_reader;

  std::unique_ptr<FlowParts> flows;

  std::unique_ptr<worker::TaskTable> task_table;
  std::unique_ptr<worker::WorkerPool> workers;
  std::unique_ptr<worker::Scheduler> scheduler;
  std::unique_ptr<CallbackParts> callbacks;
};

}  // namespace postroom::app
