#include "cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <sstream>

#include "app/version.h"
#include "base/bytes.h"
#include "base/text.h"
#include "cli/callback_arguments.h"
#include "cli/letter_care_arguments.h"
#include "cli/letter_check_arguments.h"
#include "cli/letter_look_arguments.h"
#include "cli/mail_arguments.h"
#include "cli/print_account_arguments.h"
#include "cli/printing_arguments.h"
#include "cli/provider_arguments.h"
#include "cli/read_file.h"
#include "cli/ready_letter_arguments.h"
#include "cli/record_arguments.h"

namespace postroom::cli {
namespace {

// What the options fill. Each subcommand's callback turns it into an Invocation.
struct Options {
  std::string number, provider;
  std::string data, config, environment, api, web, roles;
  std::vector<std::string> set;
  bool as_json = false;

  std::string service, name, type, subject, content, content_file, contact_block_file, postage, permissions,
      sms_sender;
  std::string contact_link, url, token, key, id, zip, template_name, file, at, day, root;
  bool trial = false, now = false, once = false, withhold_ack = false, withhold_response = false;
  std::vector<std::string> fail_references;
  int interval_seconds = 5;

  std::vector<std::string> daily_limits, add_team, remove_team, add_guest, remove_guest;
  std::string value;
  std::string layout, logo_url, alt_text, colour, since;
  bool unsubscribe_link = false;
  int limit = 0;
  bool live = false, archive = false, restore = false, is_default = false;
  int requests_per_minute = 0;
  std::optional<std::int64_t> email_limit, sms_limit, letter_limit, international_sms_limit;

  std::string format, out;
  RecordOptions records;
  bool international = false, landlines = false;
};

class ArgumentParser {
 public:
  ArgumentParser() : app_("postroom sends emails, text messages and letters for many services.", "postroom") {
    app_.set_version_flag("--version", fmt::format("postroom {}", app::kVersion));
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.add_option("--data", o_.data, "Data folder (default: postroom-data)");
    app_.add_option("--config", o_.config, "TOML file with settings");
    app_.add_option("--set", o_.set, "KEY=VALUE: overrides one setting; may be repeated")->allow_extra_args(false);
    app_.add_option("--environment", o_.environment, "development, test, preview, staging or production");
    app_.add_flag("--json", o_.as_json, "Print one JSON value");
    add_serve();
    add_accounts();
    add_messages();
    add_letters();
    add_operations();
    add_local();
  }

  std::variant<Invocation, EarlyExit> parse(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
      if (!made_) refuse("say what to do: see --help");
      finish();
    } catch (const CLI::ParseError& error) {
      // What stands where a command should, rather than only that one is missing.
      auto unknown = app_.remaining(true);
      if (std::string_view(error.what()).find("ubcommand") != std::string_view::npos && !unknown.empty()) {
        return EarlyExit{fmt::format("there is no command '{}': see --help\n", unknown.front()), 2};
      }
      std::ostringstream out;
      int code = app_.exit(error, out, out);
      return EarlyExit{out.str(), code == 0 ? 0 : 2};
    }
    return std::move(*made_);
  }

 private:
  using Fill = std::function<void(json::object&)>;

  CLI::App* add(CLI::App* parent, const std::string& word, const std::string& help, std::string command,
                Fill fill = {}) {
    CLI::App* sub = parent->add_subcommand(word, help);
    sub->callback([this, command = std::move(command), fill = std::move(fill)] {
      made_ = Invocation{.command = command};
      if (fill) fill(made_->arguments);
    });
    return sub;
  }

  // For parts of the command line with files of their own.
  AddWord add_word() {
    return [this](CLI::App* parent, const std::string& word, const std::string& help, std::string command,
                  Fill fill) { return add(parent, word, help, std::move(command), std::move(fill)); };
  }

  CLI::App* group(const std::string& word, const std::string& help) {
    CLI::App* sub = app_.add_subcommand(word, help);
    sub->require_subcommand(1);
    sub->fallthrough();
    return sub;
  }

  static void put(json::object& out, std::string_view key, const std::string& value) {
    if (!value.empty()) out[key] = value;
  }

  void put_file(json::object& out, const std::string& option) {
    out["file_name"] = std::filesystem::path(o_.file).filename().string();
    out["content"] = read_file(option, o_.file);
  }

  void put_sheet(json::object& out) {
    out["file_name"] = std::filesystem::path(o_.file).filename().string();
    std::string bytes = read_bytes("FILE", o_.file);
    // Arguments travel as JSON. Other bytes are a workbook, or the reader says what is wrong with them.
    if (is_valid_utf8(bytes)) {
      out["content"] = std::move(bytes);
    } else {
      out["content_base64"] = to_base64(bytes);
    }
  }

  void add_serve() {
    CLI::App* serve = add(&app_, "serve", "Run the server", "serve");
    serve->add_option("--api", o_.api, "Address:port of the API (default 127.0.0.1:6011; port 0 picks one)");
    serve->add_option("--web", o_.web, "Address:port of the web pages (default 127.0.0.1:6012)");
    serve->add_option("--roles", o_.roles, "Any of api,worker,scheduler,web (default: all)");
    add(&app_, "migrate", "Create the database or bring its schema up to date", "migrate");
    add(&app_, "doctor", "Check settings, store, keys and providers", "doctor");
    CLI::App* config = group("config", "Look at the settings");
    add(config, "show", "Every setting with its value and where it comes from", "config show");
    add(config, "check", "Say whether the settings are valid", "config check");
  }

  void add_accounts() {
    CLI::App* service = group("service", "Services");
    CLI::App* create = add(service, "create", "Make a service", "service create", [this](json::object& a) {
      put(a, "name", o_.name);
      if (!o_.permissions.empty()) {
        json::array list;
        for (const std::string& name : split(o_.permissions, ',')) list.emplace_back(std::string(trim(name)));
        a["permissions"] = list;
      }
      if (o_.trial) a["trial"] = true;
      put_record_options(a, o_.records);
      put(a, "sms_sender", o_.sms_sender);
      put(a, "contact_link", o_.contact_link);
      if (!o_.contact_block_file.empty())
        a["contact_block"] = read_file("--contact-block-file", o_.contact_block_file);
    });
    create->add_option("NAME", o_.name, "Name of the service")->required();
    create->add_option("--permissions", o_.permissions, "Comma-separated (default: email,sms,letter)");
    create->add_flag("--trial", o_.trial, "Only its team and guest list can be reached");
    add_record_options(create, o_.records);
    create->add_option("--sms-sender", o_.sms_sender, "Sender of its texts (default: POSTROOM)");
    create->add_option("--contact-link", o_.contact_link, "Shown where files are downloaded");
    create->add_option("--contact-block-file", o_.contact_block_file, "Sender's lines on letters");
    add(service, "list", "All services", "service list");
    CLI::App* show = add(service, "show", "One service", "service show",
                         [this](json::object& a) { put(a, "service", o_.service); });
    show->add_option("SERVICE", o_.service, "Id or name")->required();

    add_service_update(service);
    add_service_limits(service);
    add_service_brand(service);
    add_letter_logo(service, add_word());
    add_choices("sender", "Who a service's texts can come from", "TEXT", "3 to 11 letters and digits");
    add_choices("reply-to", "Where replies to a service's emails can go", "ADDRESS", "Email address");

    CLI::App* key = group("key", "API keys");
    CLI::App* make =
        add(key, "create", "Make an API key; its text is shown this once", "key create", [this](json::object& a) {
          put(a, "service", o_.service);
          put(a, "name", o_.name);
          put(a, "type", o_.type);
        });
    make->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    make->add_option("NAME", o_.name, "Name of the key")->required();
    make->add_option("--type", o_.type, "normal, team or test")->required();
    CLI::App* keys = add(key, "list", "A service's keys", "key list",
                         [this](json::object& a) { put(a, "service", o_.service); });
    keys->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    CLI::App* revoke = add(key, "revoke", "Make a key useless", "key revoke", [this](json::object& a) {
      put(a, "service", o_.service);
      put(a, "key", o_.key);
    });
    revoke->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    revoke->add_option("KEY", o_.key, "Id or name of the key")->required();
    add_templates();
    add_callbacks(group("callback", "Where a service wants to hear what happened"), add_word());
    add_inbound_numbers();
  }

  static void put(json::object& out, std::string_view key, const std::vector<std::string>& values) {
    if (!values.empty()) out[key] = json::value_from(values);
  }

  void add_service_brand(CLI::App* service) {
    CLI::App* brand =
        add(service, "brand", "Say how a service's emails look", "service brand", [this](json::object& a) {
          put(a, "service", o_.service);
          put(a, "layout", o_.layout);
          put(a, "name", o_.name);
          put(a, "alt_text", o_.alt_text);
          put(a, "logo_url", o_.logo_url);
          put(a, "colour", o_.colour);
        });
    brand->add_option("SERVICE", o_.service, "Id or name")->required();
    brand->add_option("--layout", o_.layout, "platform, both, brand or brand_banner")->required();
    brand->add_option("--name", o_.name, "Text beside the logo, or in the banner");
    brand->add_option("--alt", o_.alt_text, "What a logo without a name says to who does not see it");
    brand->add_option("--logo", o_.logo_url, "URL of a picture, at least 108 pixels high");
    brand->add_option("--colour", o_.colour, "Of the banner or the line beside the logo, such as #0b5c6b");

    CLI::App* unsubscribe = group("unsubscribe", "Recipients who want no more emails");
    CLI::App* list =
        add(unsubscribe, "list", "A service's requests, newest first", "unsubscribe list", [this](json::object& a) {
          put(a, "service", o_.service);
          put(a, "since", o_.since);
          if (o_.limit > 0) a["limit"] = o_.limit;
        });
    list->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    list->add_option("--since", o_.since, "Only those from this time on, such as 2026-03-02T09:15:00Z");
    list->add_option("--limit", o_.limit, "How many (default: 1000)")->check(CLI::PositiveNumber);
    add_documents();
  }

  void add_documents() {
    CLI::App* document = group("document", "Files sent by email");
    CLI::App* list =
        add(document, "list", "A service's files, newest first", "document list", [this](json::object& a) {
          put(a, "service", o_.service);
          if (o_.limit > 0) a["limit"] = o_.limit;
        });
    list->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    list->add_option("--limit", o_.limit, "How many (default: 1000)")->check(CLI::PositiveNumber);
    CLI::App* remove = add(document, "delete", "Delete a file before its time", "document delete",
                           [this](json::object& a) { put(a, "id", o_.id); });
    remove->add_option("ID", o_.id, "Id of the file")->required();
  }

  void add_service_update(CLI::App* service) {
    CLI::App* update = add(service, "update", "Change a service", "service update", [this](json::object& a) {
      put(a, "service", o_.service);
      if (!o_.permissions.empty()) {
        json::array list;
        for (std::string_view name : split(o_.permissions, ',')) list.emplace_back(std::string(trim(name)));
        a["permissions"] = list;
      }
      put_record_options(a, o_.records);
      if (o_.trial || o_.live) a["trial"] = o_.trial;
      if (o_.archive || o_.restore) a["active"] = o_.restore;
      if (o_.requests_per_minute > 0) a["requests_per_minute"] = o_.requests_per_minute;
      put(a, "contact_link", o_.contact_link);
      put(a, "daily_limits", o_.daily_limits);
      put(a, "add_team", o_.add_team);
      put(a, "remove_team", o_.remove_team);
      put(a, "add_guest", o_.add_guest);
      put(a, "remove_guest", o_.remove_guest);
    });
    update->add_option("SERVICE", o_.service, "Id or name")->required();
    update->add_option("--permissions", o_.permissions, "Comma-separated; replaces all");
    add_record_options(update, o_.records);
    CLI::Option* trial = update->add_flag("--trial", o_.trial, "Only its team and guest list can be reached");
    update->add_flag("--live", o_.live, "Ends its trial")->excludes(trial);
    CLI::Option* archive = update->add_flag("--archive", o_.archive, "Nobody can use it");
    update->add_flag("--restore", o_.restore, "It can be used again")->excludes(archive);
    update->add_option("--requests-per-minute", o_.requests_per_minute, "For each type of key")
        ->check(CLI::PositiveNumber);
    update->add_option("--contact-link", o_.contact_link, "Shown where files are downloaded");
    add_repeatable(update, "--daily-limit", o_.daily_limits,
                   "CHANNEL=N, with email, sms, letter or international_sms");
    add_repeatable(update, "--add-team", o_.add_team, "NAME,EMAIL or NAME,EMAIL,PHONE");
    add_repeatable(update, "--remove-team", o_.remove_team, "Email address of a team member");
    add_repeatable(update, "--add-guest", o_.add_guest, "Email address or phone number");
    add_repeatable(update, "--remove-guest", o_.remove_guest, "One of the guest list");
  }

  void add_service_limits(CLI::App* service) {
    CLI::App* limits =
        add(service, "limits", "What a service may send and has sent today; with options: change that",
            "service limits", [this](json::object& a) {
              put(a, "service", o_.service);
              if (o_.requests_per_minute > 0) a["requests_per_minute"] = o_.requests_per_minute;
              put_number(a, "email", o_.email_limit);
              put_number(a, "sms", o_.sms_limit);
              put_number(a, "letter", o_.letter_limit);
              put_number(a, "international_sms", o_.international_sms_limit);
            });
    limits->add_option("SERVICE", o_.service, "Id or name")->required();
    limits->add_option("--rate", o_.requests_per_minute, "Requests a minute, for each type of key")
        ->check(CLI::PositiveNumber);
    limits->add_option("--email", o_.email_limit, "Emails a UTC day");
    limits->add_option("--sms", o_.sms_limit, "Texts a UTC day");
    limits->add_option("--letter", o_.letter_limit, "Letters a UTC day");
    limits->add_option("--international-sms", o_.international_sms_limit, "Of the texts, those abroad");
  }

  static void put_number(json::object& arguments, std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) arguments[name] = *value;
  }

  static void add_repeatable(CLI::App* command, const std::string& name, std::vector<std::string>& values,
                             const std::string& help) {
    command->add_option(name, values, help + "; may be repeated")->allow_extra_args(false);
  }

  void add_choices(const std::string& word, const std::string& help, const std::string& what,
                   const std::string& what_help) {
    CLI::App* choices = group(word, help);
    CLI::App* make = add(choices, "add", "Add one", word + " add", [this](json::object& a) {
      put(a, "service", o_.service);
      put(a, "value", o_.value);
      if (o_.is_default) a["default"] = true;
    });
    make->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    make->add_option(what, o_.value, what_help)->required();
    make->add_flag("--default", o_.is_default, "Used where a message names none");
    CLI::App* archive = add(choices, "archive", "Take one out of use", word + " archive", [this](json::object& a) {
      put(a, "service", o_.service);
      put(a, "id", o_.id);
    });
    archive->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    archive->add_option("ID", o_.id, "Its id or text")->required();
  }

  void add_templates() {
    CLI::App* templates = group("template", "Templates");
    CLI::App* create = add(templates, "create", "Make a template", "template create", [this](json::object& a) {
      put(a, "service", o_.service);
      put(a, "type", o_.type);
      put(a, "name", o_.name);
      put(a, "subject", o_.subject);
      put(a, "postage", o_.postage);
      if (o_.unsubscribe_link) a["unsubscribe_link"] = true;
      if (!o_.contact_block_file.empty())
        a["contact_block"] = read_file("--contact-block-file", o_.contact_block_file);
      a["content"] = o_.content_file.empty() ? o_.content : read_file("--content-file", o_.content_file);
    });
    create->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    create->add_option("--type", o_.type, "email, sms or letter")->required();
    create->add_option("--name", o_.name, "Name of the template")->required();
    create->add_option("--subject", o_.subject, "Subject of emails, heading of letters");
    create->add_option("--content", o_.content, "Text with ((placeholders))");
    create->add_option("--content-file", o_.content_file, "File with the text");
    create->add_flag("--unsubscribe-link", o_.unsubscribe_link, "Emails: a link at the foot stops them");
    create->add_option("--postage", o_.postage, "Letters: first, second or economy (default: second)");
    create->add_option("--contact-block-file", o_.contact_block_file, "Letters: file with the sender's lines");
    CLI::App* archive = add(templates, "archive", "Nothing can be sent with it any more", "template archive",
                            [this](json::object& a) {
                              put(a, "service", o_.service);
                              put(a, "template", o_.template_name);
                            });
    archive->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    archive->add_option("TEMPLATE", o_.template_name, "Id or name of the template")->required();
    CLI::App* list = add(templates, "list", "Templates of one service or of all", "template list",
                         [this](json::object& a) { put(a, "service", o_.service); });
    list->add_option("SERVICE", o_.service, "Id or name of the service");
    add_attachments(templates, add_word());
  }

  void add_inbound_numbers() {
    CLI::App* numbers = group("inbound-number", "Numbers that services receive texts on");
    CLI::App* make = add(numbers, "add", "Add a number, and give it to a service", "inbound-number add",
                         [this](json::object& a) {
                           put(a, "number", o_.number);
                           put(a, "service", o_.service);
                           put(a, "provider", o_.provider);
                         });
    make->add_option("NUMBER", o_.number, "As in 07123123123, or a short code")->required();
    make->add_option("--service", o_.service,
                     "Id or name; it may receive texts from now on, and its texts come from the number");
    make->add_option("--provider", o_.provider, "mmg, firetext, twilio or smpp (default: mmg)");
    add(numbers, "list", "All numbers and whose they are", "inbound-number list");
    CLI::App* remove = add(numbers, "remove", "Take no more texts on a number", "inbound-number remove",
                           [this](json::object& a) { put(a, "number", o_.number); });
    remove->add_option("NUMBER", o_.number)->required();
  }

  void add_messages() {
    CLI::App* job = group("job", "Spreadsheets of recipients");
    CLI::App* create =
        add(job, "create", "Send a template to every row of a spreadsheet", "job create", [this](json::object& a) {
          put(a, "service", o_.service);
          put(a, "template", o_.template_name);
          put(a, "at", o_.at);
          put_sheet(a);
        });
    create->add_option("SERVICE", o_.service, "Id or name of the service")->required();
    create->add_option("TEMPLATE", o_.template_name, "Id or name of the template")->required();
    create->add_option("FILE", o_.file, "Spreadsheet: .csv or .tsv (UTF-8), .xlsx, .xlsm, .ods")->required();
    create->add_option("--at", o_.at, "When to start, for example 2026-03-02T09:00:00Z");
    CLI::App* show =
        add(job, "show", "How far a job has come", "job show", [this](json::object& a) { put(a, "id", o_.id); });
    show->add_option("ID", o_.id)->required();
    add_job_cancel(job, add_word());
    CLI::App* notification = group("notification", "Single messages");
    CLI::App* one = add(notification, "show", "A message and its story", "notification show",
                        [this](json::object& a) { put(a, "id", o_.id); });
    one->add_option("ID", o_.id)->required();
  }

  void add_letters() {
    CLI::App* letters = group("letters", "The print run");
    CLI::App* collate = add(letters, "collate", "Put due letters into zips and send them", "letters collate",
                            [this](json::object& a) {
                              put(a, "day", o_.day);
                              if (o_.now) a["now"] = true;
                            });
    collate->add_option("--day", o_.day, "Run of this day (default: the last whose deadline passed)");
    collate->add_flag("--now", o_.now, "Everything accepted until now");
    CLI::App* status = add(letters, "status", "How far a day's run has come", "letters status",
                           [this](json::object& a) { put(a, "day", o_.day); });
    status->add_option("--day", o_.day, "Which run (default: the last whose deadline passed)");
    for (auto [word, help] : {std::pair{"response", "Read a response file of the print house"},
                              {"ack", "Read an acknowledgement file of the print house"}}) {
      CLI::App* read = add(letters, word, help, std::string("letters ") + word,
                           [this](json::object& a) { put_file(a, "FILE"); });
      read->add_option("FILE", o_.file)->required();
    }
    CLI::App* requeue = add(letters, "requeue", "Give letters in technical-failure another run", "letters requeue",
                            [this](json::object& a) {
                              put(a, "id", o_.id);
                              put(a, "zip", o_.zip);
                              put(a, "since", o_.since);
                            });
    requeue->add_option("ID", o_.id, "A letter");
    requeue->add_option("--since", o_.since, "All that were accepted since then, such as 2026-03-02T09:15:00Z");
    requeue->add_option("--zip", o_.zip, "All letters of a zip that failed");
    CLI::App* token = add(letters, "token", "Where the print house's service is to report on a letter",
                          "letters token", [this](json::object& a) { put(a, "id", o_.id); });
    token->add_option("ID", o_.id, "Id of the letter")->required();
    add_letter_care(letters, add_word());
    add_ready_letters(letters, add_word());
    add_letter_check(letters, add_word());
    add_printing(letters, add_word());
    add_records(letters, add_word());
    add_retention(group("retention", "How long messages are kept"), add_word());
    add(letters, "poll", "Fetch new answers of the print house now", "letters poll");

    add_dkim(group("dkim", "Keys that emails are signed with"), add_word());
    add_email(group("email", "Emails"), add_word());
    add_suppression(group("suppression", "Email addresses that are not written to any more"), add_word());
    add_print_account(group("print-account", "Our account at the print house's HTTP service"), add_word());
    add_provider(group("provider", "Who carries texts"), add_word());
    add_processing_time(&app_, add_word());
    CLI::App* house = group("print-house", "The stub print house");
    CLI::App* run = add(house, "run", "Print what lies in a folder: check zips, acknowledge, respond",
                        "print-house run", [this](json::object& a) {
                          put(a, "root", o_.root);
                          a["once"] = o_.once;
                          a["interval_seconds"] = o_.interval_seconds;
                          a["withhold_acknowledgements"] = o_.withhold_ack;
                          a["withhold_responses"] = o_.withhold_response;
                          json::array references;
                          for (const std::string& reference : o_.fail_references)
                            references.emplace_back(reference);
                          a["fail"] = references;
                        });
    run->add_option("--root", o_.root, "Its folder (default: print-house in the data folder)");
    run->add_flag("--once", o_.once, "One round, then a report");
    run->add_option("--interval", o_.interval_seconds, "Seconds between rounds")->check(CLI::Range(1, 3600));
    run->add_option("--fail", o_.fail_references, "Reference answered with Failed; may be repeated")
        ->allow_extra_args(false);
    run->add_flag("--withhold-acknowledgements", o_.withhold_ack);
    run->add_flag("--withhold-responses", o_.withhold_response);
  }

  void add_operations() {
    add(&app_, "status", "Queues and store of the running server", "status");
    CLI::App* tasks = group("tasks", "Tasks that were given up");
    add(tasks, "buried", "List them with their reasons", "tasks buried");
    CLI::App* revive =
        add(tasks, "revive", "Try one again", "tasks revive", [this](json::object& a) { put(a, "id", o_.id); });
    revive->add_option("ID", o_.id)->required();
  }

  // Without a server and without a store.
  void add_local() {
    CLI::App* render = add(&app_, "render", "Show what a template makes of some values; needs no server", "render",
                           [this](json::object& a) { put_render(a); });
    render->add_option("TEMPLATE", o_.file, "File with the text, with ((placeholders))")->required();
    render->add_option("--type", o_.type, "email, sms or letter")->required();
    render->add_option("--personalisation", o_.content_file, R"(JSON file: {"name": "Ann"})");
    render->add_option("--subject", o_.subject, "Subject of emails, heading of letters");
    render->add_option("--format", o_.format, "text (default), html, json or pdf");
    render->add_option("--out", o_.out, "File to write; letters become PDFs");
    render->add_option("--prefix", o_.name, "Texts: name of the service, put before the text");
    render->add_option("--contact-block-file", o_.contact_block_file, "Letters: file with the sender's lines");
    add_letter_look(render, letter_look_);

    CLI::App* check =
        add(&app_, "check-recipients", "Say which rows of a spreadsheet cannot be sent; needs no server",
            "check-recipients", [this](json::object& a) {
              put_sheet(a);
              put(a, "type", o_.type);
              put(a, "subject", o_.subject);
              if (!o_.template_name.empty()) a["template"] = read_file("--template", o_.template_name);
              a["international"] = o_.international;
              a["landlines"] = o_.landlines;
            });
    check->add_option("FILE", o_.file, "Spreadsheet: .csv or .tsv (UTF-8), .xlsx, .xlsm, .ods")->required();
    check->add_option("--type", o_.type, "email, sms or letter")->required();
    check->add_option("--template", o_.template_name, "File with the text: its placeholders are columns, too");
    check->add_option("--subject", o_.subject, "Subject of emails, heading of letters; may have placeholders");
    check->add_flag("--international", o_.international, "Numbers and addresses of other countries are allowed");
    check->add_flag("--landlines", o_.landlines, "UK landlines are allowed");
  }

  void put_render(json::object& a) {
    a["template"] = read_file("TEMPLATE", o_.file);
    put(a, "type", o_.type);
    put(a, "subject", o_.subject);
    put(a, "format", o_.format);
    put(a, "out", o_.out);
    put(a, "prefix", o_.name);
    if (!o_.content_file.empty()) {
      a["personalisation_file"] = o_.content_file;
      a["personalisation"] = read_file("--personalisation", o_.content_file);
    }
    if (!o_.contact_block_file.empty())
      a["contact_block"] = read_file("--contact-block-file", o_.contact_block_file);
    put_letter_look(letter_look_, a);
  }

  void finish() {
    Invocation& made = *made_;
    made.as_json = o_.as_json;
    made.config_path = o_.config;
    for (const std::string& pair : o_.set) {
      auto equals = pair.find('=');
      if (equals == std::string::npos || equals == 0) refuse(fmt::format("--set {}: write KEY=VALUE", pair));
      made.settings[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    for (auto [setting, value] : {std::pair<const char*, const std::string*>{"data.folder", &o_.data},
                                  {"environment", &o_.environment},
                                  {"api.listen", &o_.api},
                                  {"web.listen", &o_.web},
                                  {"roles", &o_.roles}}) {
      if (!value->empty()) made.settings[setting] = *value;
    }
  }

  CLI::App app_;
  LetterLookOptions letter_look_;
  Options o_;
  std::optional<Invocation> made_;
};

}  // namespace

std::variant<Invocation, EarlyExit> parse_arguments(int argc, char** argv) {
  return ArgumentParser().parse(argc, argv);
}

}  // namespace postroom::cli
