// Fills a data folder with letters that wait for the print run, faster than they could be accepted and rendered.
//
//   bench_print_run_store DATA_FOLDER LETTERS BYTES_EACH
//   bench_print_run_store DATA_FOLDER LETTERS sent
//
// DATA_FOLDER must have been made by `postroom migrate`, and no server may run on it. Each letter gets a file of
// BYTES_EACH random bytes behind a PDF header: as hard to compress as a real PDF. Letters that are `sent` have
// none; they wait for the print house's answer, and their references are printed.
#include <fmt/core.h>

#include "adapters/filesystem/blob_store.h"
#include "adapters/filesystem/file.h"
#include "adapters/sqlite/open.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "core/letters/file_names.h"
#include "flows/print_run/letter_files.h"

namespace {

using namespace postroom;

constexpr std::uint64_t kKeyRingBytesMax = 64 * 1024;
constexpr int kAcceptedAtOnce = 500;
constexpr std::int64_t kLettersMax = 1'000'000;
constexpr std::int64_t kBytesMax = 64 * 1024 * 1024;

struct Wanted {
  std::string folder;
  std::int64_t letters = 0;
  std::int64_t bytes_each = 0;  // 0: the letters are with the print house already
};

Result<Wanted> read_arguments(int argc, char** argv) {
  if (argc == 4) {
    auto letters = parse_int<std::int64_t>(argv[2]);
    const bool sent = std::string_view(argv[3]) == "sent";
    auto bytes = parse_int<std::int64_t>(argv[3]);
    if (sent && letters && *letters > 0 && *letters <= kLettersMax) return Wanted{argv[1], *letters, 0};
    if (letters && bytes && *letters > 0 && *letters <= kLettersMax && *bytes > 16 && *bytes <= kBytesMax)
      return Wanted{argv[1], *letters, *bytes};
  }
  return fail(ErrorKind::invalid_input, fmt::format("usage: bench_print_run_store DATA_FOLDER LETTERS (to {}) "
                                                    "BYTES_EACH (17 to {}) or sent",
                                                    kLettersMax, kBytesMax));
}

notifications::Notification make_letter(const Clock& clock, Random& random, ServiceId service, TemplateId text) {
  notifications::Notification n;
  n.created_at = clock.now();
  n.id = NotificationId(Uuid::time_ordered(n.created_at, random));
  n.service_id = service;
  n.type = notifications::NotificationType::letter;
  n.template_id = text;
  n.reference = letters::make_reference(random);
  n.postage = notifications::Postage::second;
  n.billable_units = 5;
  n.to = "Ann Example\n1 High Street\nLeeds\nLS1 4AP";
  n.normalised_to = "annexample1highstreetleedsls14ap";
  n.personalisation = R"({"name":"Ann Example"})";
  return n;
}

void mark_sent(notifications::Notification& letter) {
  letter.status = notifications::NotificationStatus::sending;
  letter.sent_at = letter.created_at;
  letter.sent_by = "dvla";
  fmt::print("{}\n", letter.reference);
}

Result<void> fill(const Wanted& wanted) {
  SystemClock clock;
  SystemRandom random;
  POSTROOM_TRY(text, filesystem::read_file(wanted.folder + "/keys/key_ring.txt", kKeyRingBytesMax));
  POSTROOM_TRY(ring, KeyRing::parse(text));
  POSTROOM_TRY(zone, TimeZone::load("Europe/London"));
  POSTROOM_TRY(database, sqlite::open({wanted.folder + "/postroom.db", ring, random, clock}));
  POSTROOM_TRY(blobs, filesystem::FilesystemBlobStore::open(wanted.folder + "/blobs", ring, random));
  letters::PrintCalendar calendar{.zone = zone};
  ServiceId service{Uuid::random(random)};
  TemplateId text_id{Uuid::random(random)};

  Bytes pdf(static_cast<std::size_t>(wanted.bytes_each), '\0');
  std::vector<ports::Acceptance> waiting;
  for (std::int64_t i = 0; i < wanted.letters; ++i) {
    waiting.push_back({.notification = make_letter(clock, random, service, text_id), .tasks = {}});
    notifications::Notification& n = waiting.back().notification;
    if (pdf.empty()) {
      mark_sent(n);
    } else {
      random.fill(pdf.data(), pdf.size());
      pdf.replace(0, 9, "%PDF-1.7\n");
      auto place = letters::pdf_location(n.status, n.key_type, n.created_at, calendar);
      POSTROOM_CHECK(blobs->put(flows::bucket_of(place.place),
                                place.folder + letters::pdf_file_name(n.reference, *n.postage, n.created_at), pdf));
    }
    if (waiting.size() < kAcceptedAtOnce && i + 1 < wanted.letters) continue;
    POSTROOM_CHECK(database->notifications().accept_all(waiting));
    waiting.clear();
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  auto wanted = read_arguments(argc, argv);
  auto filled = wanted ? fill(*wanted) : Result<void>(tl::unexpected(wanted.error()));
  if (filled) return 0;
  fmt::print(stderr, "{}\n", filled.error().message);
  return 1;
}
