#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "adapters/curl/curl_http_client.h"
#include "adapters/dvla/no_drop.h"
#include "adapters/filesystem/blob_store.h"
#include "adapters/filesystem/file.h"
#include "adapters/filesystem/folder_print_drop.h"
#include "adapters/filesystem/local_print_folder.h"
#include "adapters/harfbuzz/letter_renderer.h"
#include "adapters/sftp/sftp_print_drop.h"
#include "adapters/sqlite/open.h"
#include "app/antivirus_settings.h"
#include "app/build.h"
#include "app/callbacks.h"
#include "app/direct_print.h"
#include "app/email.h"
#include "app/flow_parts.h"
#include "app/remote_database.h"
#include "app/settings.h"
#include "app/text_providers.h"
#include "app/ticket_settings.h"
#include "base/text.h"
#include "worker/scheduler.h"
#include "worker/task_table.h"
#include "worker/worker_pool.h"

namespace postroom::app {

Parts::Parts(Settings all_settings, TimeZone local_zone)
    : settings(std::move(all_settings)), zone(std::move(local_zone)) {}
Parts::~Parts() = default;

namespace {

constexpr std::uint64_t kKeyRingBytesMax = 64 * 1024;
constexpr std::string_view kKeyCheckName = "key_ring.check";
constexpr std::string_view kKeyCheckText = "postroom";
constexpr std::string_view kClockOffsetName = "sandbox.clock_offset_micros";

std::string key_ring_path(const Parts& parts) { return parts.data_folder + "/keys/key_ring.txt"; }
std::string database_path(const Parts& parts) { return parts.data_folder + "/postroom.db"; }

Result<void> open_key_ring(Parts& parts) {
  std::string path = key_ring_path(parts);
  auto text = filesystem::read_file(path, kKeyRingBytesMax);
  if (!text && text.error().kind == ErrorKind::not_found) {
    // With PostgreSQL the blobs tell that this folder has been used before.
    for (const std::string& sealed : {database_path(parts), parts.data_folder + "/blobs"}) {
      if (!std::filesystem::exists(sealed)) continue;
      return fail(
          ErrorKind::corrupt,
          fmt::format("{} is missing, but {} exists and cannot be read without it: put the key ring back from "
                      "its backup",
                      path, sealed));
    }
    POSTROOM_CHECK(filesystem::make_folders(filesystem::folder_of(path)));
    std::string fresh = KeyRing::generate(parts.random);
    POSTROOM_CHECK(filesystem::write_file_durably(path, fresh));
    text = fresh;
  }
  if (!text) return fail(text.error());
  auto ring = KeyRing::parse(*text);
  if (!ring) return fail_in(path, ring.error());
  parts.key_ring = std::make_unique<KeyRing>(std::move(*ring));
  return {};
}

// A database that was written under other keys must be noticed at the start, not at the first letter.
Result<void> check_key_ring(Parts& parts) {
  ports::StateStore& state = parts.database->state();
  POSTROOM_TRY(stored, state.get(kKeyCheckName));
  if (!stored) {
    return state.put(kKeyCheckName, to_hex(parts.key_ring->seal(kKeyCheckText, kKeyCheckName, parts.random)));
  }
  auto sealed = from_hex(*stored);
  auto opened = sealed ? parts.key_ring->open(*sealed, kKeyCheckName) : Result<Bytes>{fail(ErrorKind::corrupt, "")};
  if (!opened) {
    return fail(ErrorKind::corrupt,
                fmt::format("{} is not the key ring that {} was written with: put the right one back "
                            "from its backup",
                            key_ring_path(parts), parts.database->description()));
  }
  return {};
}

Result<void> open_database(Parts& parts) {
  const std::string& url = parts.settings.text("store.url");
  if (!url.empty()) {
    POSTROOM_CHECK(open_remote_database(parts, url));
  } else {
    POSTROOM_TRY(database, sqlite::open({.path = database_path(parts),
                                         .key_ring = *parts.key_ring,
                                         .random = parts.random,
                                         .clock = parts.clock,
                                         .release_claims = true}));
    parts.database = std::move(database);
  }
  POSTROOM_CHECK(check_key_ring(parts));
  POSTROOM_TRY(offset, parts.database->state().get(kClockOffsetName));
  if (offset && parts.settings.flag("flags.clock_may_be_moved")) {
    parts.clock.set_offset(Duration{parse_int<std::int64_t>(*offset).value_or(0)});
  }
  return {};
}

Result<std::unique_ptr<ports::PrintDrop>> sftp_drop(const Settings& settings) {
  sftp::SftpOptions options;
  options.host = settings.text("print.sftp_host");
  options.port = static_cast<std::uint16_t>(settings.integer("print.sftp_port"));
  options.user = settings.text("print.sftp_user");
  options.private_key_path = settings.text("print.sftp_private_key_path");
  options.private_key_passphrase = settings.text("print.sftp_private_key_passphrase");
  options.password = settings.text("print.sftp_password");
  options.host_key = settings.text("print.sftp_host_key");
  options.root = settings.text("print.sftp_root");
  options.idle_timeout =
      std::chrono::duration_cast<std::chrono::milliseconds>(settings.duration("print.sftp_idle_timeout"));
  options.call_timeout =
      std::chrono::duration_cast<std::chrono::milliseconds>(settings.duration("print.sftp_call_timeout"));
  POSTROOM_TRY(drop, sftp::SftpPrintDrop::create(std::move(options)));
  return std::unique_ptr<ports::PrintDrop>(std::move(drop));
}

Result<void> build_print_house(Parts& parts) {
  const Settings& settings = parts.settings;
  const std::string& provider = settings.text("print.provider");
  if (provider == "none") return {};
  if (prints_directly(parts)) {
    parts.real_print_drop = std::make_unique<dvla::NoPrintDrop>();
  } else if (provider == "sftp") {
    POSTROOM_TRY(drop, sftp_drop(settings));
    parts.real_print_drop = std::move(drop);
  } else if (provider == "folder" || provider == "print-locally") {
    const std::string& folder = settings.text("print.folder");
    if (!std::filesystem::is_directory(folder)) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("setting 'print.folder' is '{}', which is no folder: make it, or "
                              "choose another print.provider",
                              folder));
    }
    if (provider == "folder") {
      parts.real_print_drop = std::make_unique<filesystem::FolderPrintDrop>(folder);
    } else {
      parts.real_print_drop = std::make_unique<filesystem::LocalPrintFolder>(folder);
    }
  } else {
    POSTROOM_CHECK(
        require_sandbox(parts, "print.provider", "set it to sftp (and print.sftp_host), folder or none"));
    POSTROOM_CHECK(filesystem::make_folders(parts.data_folder + "/print-house"));
    parts.real_print_drop = std::make_unique<filesystem::FolderPrintDrop>(parts.data_folder + "/print-house");
  }
  return {};
}

// Zips on their way that a killed process left behind hold letters in the clear. Where several processes share the
// folder, one of another process may be in use: the file stays open for it, and its next attempt makes a new one.
Result<void> make_temp_folder(const std::string& path) {
  POSTROOM_CHECK(filesystem::make_folders(path));
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.path().filename().string().starts_with("postroom-zip-")) std::filesystem::remove(entry.path(), error);
  }
  return {};
}

std::string make_process_name() {
  char host[256] = "localhost";
  ::gethostname(host, sizeof host - 1);
  return fmt::format("{}/{}", host, ::getpid());
}

}  // namespace

Result<void> require_sandbox(const Parts& parts, std::string_view setting, std::string_view remedy) {
  if (parts.outbox) return {};
  return fail(ErrorKind::invalid_input, fmt::format("{} is 'sandbox', which environment {} does not allow: {}",
                                                    setting, to_string(environment_of(parts.settings)), remedy));
}

Result<std::unique_ptr<Parts>> build_parts(Settings settings) {
  auto zone = TimeZone::load(settings.text("time_zone"));
  if (!zone) return fail_in("setting 'time_zone'", zone.error());
  auto parts = std::make_unique<Parts>(std::move(settings), std::move(*zone));
  parts->data_folder = parts->settings.text("data.folder");
  parts->process_name = make_process_name();
  if (auto made = filesystem::make_folders(parts->data_folder); !made) {
    return fail(made.error().kind,
                fmt::format("the data folder cannot be used ({}): choose another with --data, or give "
                            "this user write permission",
                            made.error().message));
  }
  POSTROOM_CHECK(open_key_ring(*parts));
  POSTROOM_CHECK(open_database(*parts));
  POSTROOM_CHECK(make_temp_folder(parts->data_folder + "/temp"));
  POSTROOM_TRY(
      blobs, filesystem::FilesystemBlobStore::open(parts->data_folder + "/blobs", *parts->key_ring, parts->random));
  parts->file_blobs = std::move(blobs);

  if (parts->settings.flag("flags.sandbox_providers")) {
    parts->faults = std::make_unique<fakes::FaultBox>();
    POSTROOM_TRY(outbox, fakes::SandboxOutbox::open(parts->data_folder + "/sandbox-outbox.jsonl"));
    parts->outbox = std::move(outbox);
    parts->blobs = std::make_unique<fakes::FaultyBlobStore>(*parts->file_blobs, *parts->faults);
  } else {
    parts->blobs = std::move(parts->file_blobs);
  }
  POSTROOM_TRY(scanner, build_virus_scanner(*parts));
  parts->virus_scanner = std::move(scanner);
  parts->operator_client = std::make_unique<curl::CurlHttpClient>();
  POSTROOM_CHECK(build_email(*parts));
  POSTROOM_CHECK(build_print_house(*parts));
  if (parts->real_print_drop && parts->faults) {
    parts->print_drop = std::make_unique<fakes::FaultyPrintDrop>(*parts->real_print_drop, *parts->faults);
  } else {
    parts->print_drop = std::move(parts->real_print_drop);
  }
  POSTROOM_TRY(desk, build_ticket_desk(*parts));
  parts->tickets = std::move(desk);
  POSTROOM_CHECK(build_text_providers(*parts));
  parts->callback_client = std::make_unique<curl::CurlHttpClient>(
      curl::CurlOptions{.allow_private_addresses = parts->settings.flag("flags.private_callback_targets")});
  warn_without_ticket_desk(*parts);
  return parts;
}

}  // namespace postroom::app
