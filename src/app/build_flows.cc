#include "adapters/harfbuzz/letter_fonts.h"
#include "adapters/harfbuzz/letter_renderer.h"
#include "adapters/logo_reader/child_logo_reader.h"
#include "adapters/pdf_batch/pdf_joiner.h"
#include "adapters/spreadsheet/child_reader.h"
#include "app/build.h"
#include "app/callbacks.h"
#include "app/direct_print.h"
#include "app/documents.h"
#include "app/email.h"
#include "app/flow_parts.h"
#include "app/letter_care.h"
#include "app/local_printing.h"
#include "app/platform_brand.h"
#include "app/print_records.h"
#include "app/ready_letters.h"
#include "app/receipts.h"
#include "app/settings.h"
#include "flows/limits/limits.h"

namespace postroom::app {
namespace {

// The sandbox shows a letter as soon as it is rendered; its zip is added when it leaves.
flows::RenderObserver sandbox_observer(Parts& parts) {
  if (!parts.outbox) return {};
  return [&parts](const flows::RenderedNotice& notice) {
    parts.outbox->record({.notification_id = notice.notification.id.text(),
                          .type = "letter",
                          .to = notice.notification.to,
                          .subject = notice.subject,
                          .body = notice.body,
                          .provider = std::string(fakes::kSandboxProvider),
                          .time = parts.clock.now(),
                          .file_names = {notice.blob_key},
                          .page_count = notice.page_count});
  };
}

Result<void> build_volume_mail(Parts& parts, FlowParts& f, const std::function<bool(ServiceId)>& leaves_out) {
  std::vector<std::string> to = list_of(parts.settings.text("letters.volume_email_to"));
  if (to.empty()) return {};
  if (!parts.mailer) {
    return fail(ErrorKind::invalid_input,
                "letters.volume_email_to needs an email provider: set email.provider, or leave it empty");
  }
  flows::VolumeMailOptions options{.to = std::move(to),
                                   .from_name = "postroom",
                                   .from_address = "letters@" + parts.settings.text("email.domain"),
                                   .leaves_out = leaves_out};
  f.volume_mail = std::make_unique<flows::VolumeMail>(*f.print_ports, *parts.mailer, std::move(options));
  return {};
}

Result<void> build_print_run(Parts& parts, FlowParts& f) {
  flows::PrintRunOptions options = print_run_options(parts);
  POSTROOM_TRY(records, uses_records(parts.settings));
  if (records) options.leaves_out = record_services(parts);
  f.print_ports = std::make_unique<flows::PrintRunPorts>(flows::PrintRunPorts{
      parts.database->notifications(), parts.database->letters(), *parts.blobs, parts.database->tasks(),
      parts.database->leases(), *parts.print_drop, print_file_creator(parts), parts.clock, parts.random, parts.zone,
      &parts.database->archive()});
  POSTROOM_CHECK(build_volume_mail(parts, f, options.leaves_out));
  f.collator = std::make_unique<flows::Collator>(*f.print_ports, options);
  f.zip_sender = std::make_unique<flows::ZipSender>(*f.print_ports, options);
  f.responses = std::make_unique<flows::PrintResponses>(*f.print_ports, options);
  if (options.prints_locally) {
    f.local_prints = std::make_unique<flows::LocalPrints>(*f.print_ports, options, *f.zip_sender);
  }
  return build_records(parts);
}

// The keys come from the key ring: all processes share it, and a rotation leaves links that are out there valid.
void build_unsubscribe(Parts& parts, FlowParts& f) {
  f.unsubscribe_tokens = std::make_unique<LinkTokens>(LinkTokens::of_ring(*parts.key_ring, "unsubscribe"));
  f.unsubscribe_links = std::make_unique<flows::UnsubscribeLinks>(*f.unsubscribe_tokens, parts.base_url,
                                                                  parts.web_base_url, parts.clock, parts.random);
  f.unsubscribe = std::make_unique<flows::UnsubscribeFlow>(
      *f.unsubscribe_links, parts.database->notifications(), parts.database->services(),
      parts.database->unsubscribes(), parts.clock, &parts.database->archive());
}

}  // namespace

Result<void> build_flows(Parts& parts) {
  const Settings& settings = parts.settings;
  POSTROOM_TRY(fonts, harfbuzz::parse_letter_fonts(settings.text("letters.fonts")));
  POSTROOM_TRY(renderer, harfbuzz::HarfbuzzLetterRenderer::create(fonts));
  parts.letter_renderer = std::move(renderer);
  parts.spreadsheets = std::make_unique<spreadsheet::ChildReader>();
  parts.pdf_joiner = std::make_unique<pdf_batch::QpdfJoiner>();
  parts.logo_reader = std::make_unique<logo_reader::ChildLogoReader>();

  parts.flows = std::make_unique<FlowParts>();
  FlowParts& f = *parts.flows;
  ports::Database& database = *parts.database;
  f.calendar = std::make_unique<letters::PrintCalendar>(
      letters::PrintCalendar{parts.zone, settings.duration("letters.print_cutoff")});
  f.templates = std::make_unique<flows::TemplateCache>(database.templates(), parts.wall);
  flows::SendOptions send_options;
  send_options.mail_domain = settings.text("email.domain");
  send_options.test_letters_fake_delivery = settings.flag("flags.test_letters_fake_delivery");
  POSTROOM_TRY(records, uses_records(settings));
  send_options.print_records = records;
  f.limits = std::make_unique<flows::Limits>(
      database.limits(), parts.clock, parts.wall,
      flows::LimitSwitches{.requests = settings.flag("limits.requests"), .daily = settings.flag("limits.daily")});
  f.send = std::make_unique<flows::SendContext>(flows::SendContext{.template_store = database.templates(),
                                                                   .notifications = database.notifications(),
                                                                   .blobs = *parts.blobs,
                                                                   .templates = *f.templates,
                                                                   .limits = *f.limits,
                                                                   .answers = &database.answers(),
                                                                   .clock = parts.clock,
                                                                   .random = parts.random,
                                                                   .options = std::move(send_options)});
  build_callbacks(parts);
  f.callbacks = std::make_unique<flows::DeliveryCallbacks>(database.services());
  f.receipts =
      std::make_unique<flows::ReceiptFlow>(database.notifications(), *f.callbacks, parts.clock, &parts.metrics);
  POSTROOM_CHECK(build_receipts(parts));
  build_unsubscribe(parts, f);
  POSTROOM_TRY(brand, platform_brand(settings));
  f.deliver = std::make_unique<flows::DeliverFlow>(
      database.notifications(), database.services(), *f.templates, parts.mailer.get(), parts.sms_gateway.get(),
      *f.callbacks, parts.clock,
      flows::DeliverOptions{.email_domain = settings.text("email.domain"),
                            .receipt_delay = settings.duration("sandbox.receipt_delay"),
                            .sandbox_name = std::string(fakes::kSandboxProvider),
                            .relay_reports = !f.provider_reports->ses_topics.empty() ||
                                             !settings.text("ses.queue_url").empty() ||
                                             settings.text("email.delivered_when") == "reported",
                            .bounce_address = settings.text("email.return_path"),
                            .bounce_wait = settings.duration("email.bounce_wait"),
                            .suppressions = &parts.email->suppressions,
                            .platform_brand = std::move(brand),
                            .unsubscribe_links = f.unsubscribe_links.get(),
                            .metrics = &parts.metrics});
  f.letter_logos =
      std::make_unique<flows::LetterLogos>(database.services(), *parts.blobs, *parts.logo_reader, parts.wall);
  f.render = std::make_unique<flows::RenderFlow>(
      database.notifications(), *f.templates, *parts.letter_renderer, *parts.blobs, database.tasks(), *f.calendar,
      parts.clock, settings.duration("sandbox.receipt_delay"), sandbox_observer(parts),
      flows::RenderHelp{
          .care = &database.letter_care(), .joiner = parts.pdf_joiner.get(), .logos = f.letter_logos.get()});
  f.bulk = std::make_unique<flows::BulkFlow>(*f.send, database.services(), database.jobs(), *parts.spreadsheets,
                                             [&parts](const jobs::Job& job, const accounts::Service& service) {
                                               return on_rows_stored(parts, job, service);
                                             });
  build_ready_letters(parts);
  if (parts.print_drop) POSTROOM_CHECK(build_print_run(parts, f));
  POSTROOM_CHECK(build_direct_print(parts));
  f.alerts = std::make_unique<flows::LetterAlerts>(
      flows::AlertPorts{database.letters(), *parts.blobs, *parts.tickets, parts.clock, parts.zone,
                        recipients::BankHolidays::england_and_wales()},
      flows::AlertOptions{.raises_tickets = settings.flag("flags.raises_tickets"),
                          .environment_name = std::string(to_string(environment_of(settings))),
                          .print_cutoff = settings.duration("letters.print_cutoff")});
  f.delivery_care = std::make_unique<flows::DeliveryCare>(
      flows::DeliveryCarePorts{database.delivery_care(), database.notifications(), database.tasks(),
                               database.state(), *parts.tickets, *f.callbacks, parts.clock, parts.zone},
      flows::DeliveryCareOptions{.raises_tickets = settings.flag("flags.raises_tickets"),
                                 .environment_name = std::string(to_string(environment_of(settings)))});
  build_letter_care(parts);
  build_documents(parts);
  return {};
}

}  // namespace postroom::app
