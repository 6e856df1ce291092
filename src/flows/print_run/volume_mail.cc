#include "flows/print_run/volume_mail.h"

#include <fmt/format.h>

#include <optional>

#include "base/log.h"
#include "ports/task_names.h"

namespace postroom::flows {

using notifications::Postage;

namespace {

using Volumes = std::array<CollateSummary::Volume, 5>;

constexpr Duration kAnnouncing = std::chrono::minutes{2};
// Longer than an evening with all its repeats, shorter than a day.
constexpr Duration kAnnounced = std::chrono::hours{20};

const CollateSummary::Volume& of(const Volumes& volumes, Postage postage) {
  return volumes.at(static_cast<std::size_t>(postage));
}

std::string line(std::string_view what, const CollateSummary::Volume& volume) {
  return fmt::format("{}: {} letter{}, {} sheet{}\n", what, volume.letters, volume.letters == 1 ? "" : "s",
                     volume.sheets, volume.sheets == 1 ? "" : "s");
}

}  // namespace

VolumeText volume_text(Date run_day, const Volumes& by_postage) {
  CollateSummary::Volume all;
  for (const CollateSummary::Volume& volume : by_postage) {
    all.letters += volume.letters;
    all.sheets += volume.sheets;
  }
  CollateSummary::Volume abroad;
  for (Postage postage : {Postage::europe, Postage::rest_of_world}) {
    abroad.letters += of(by_postage, postage).letters;
    abroad.sheets += of(by_postage, postage).sheets;
  }
  const std::string day = format_date(run_day);
  return {.subject = fmt::format("Letters to print, {}", day),
          .body = fmt::format("Letters of {} that are about to be handed over:\n\n{}{}{}{}\n{}", day,
                              line("First class", of(by_postage, Postage::first)),
                              line("Second class", of(by_postage, Postage::second)),
                              line("Economy", of(by_postage, Postage::economy)), line("International", abroad),
                              line("Total", all))};
}

Result<Volumes> VolumeMail::count(UtcTime deadline) const {
  Volumes volumes{};
  std::optional<ports::LetterCandidate> last;
  for (;;) {
    POSTROOM_TRY(page, ports_.letters.candidates(deadline, last ? &*last : nullptr, Collator::kPageLettersMax));
    for (const ports::LetterCandidate& letter : page) {
      if (options_.leaves_out && options_.leaves_out(letter.service_id)) continue;
      auto& volume = volumes.at(static_cast<std::size_t>(letter.postage));
      ++volume.letters;
      volume.sheets += letter.billable_units;
    }
    if (page.size() < static_cast<std::size_t>(Collator::kPageLettersMax)) return volumes;
    last = std::move(page.back());
  }
}

Result<void> VolumeMail::announce(UtcTime deadline) {
  if (options_.to.empty()) return {};
  const Date day = ports_.zone.local_date(deadline);
  const std::string lease = "letter-volumes:" + format_date(day);
  const std::string owner = Uuid::random(ports_.random).text();
  POSTROOM_TRY(is_first, ports_.leases.acquire(lease, owner, ports_.clock.now(), kAnnouncing));
  if (!is_first) return {};
  POSTROOM_TRY(volumes, count(deadline));
  const VolumeText text = volume_text(day, volumes);
  std::vector<ports::NewTask> tasks;
  for (const std::string& address : options_.to) {
    tasks.push_back(
        {.queue = std::string(ports::kSendEmailQueue),
         .kind = std::string(ports::kSendLetterVolumes),
         .subject = format_date(day),
         .payload = write_json(json::object{{"to", address}, {"subject", text.subject}, {"body", text.body}}),
         .run_at = ports_.clock.now(),
         .unique_key = {}});
  }
  POSTROOM_CHECK(ports_.tasks.enqueue(tasks));
  // A crash before this line announces the day twice rather than never.
  POSTROOM_CHECK(ports_.leases.acquire(lease, owner, ports_.clock.now(), kAnnounced));
  return {};
}

Result<void> VolumeMail::send(const ports::ClaimedTask& task) {
  auto parsed = parse_json(task.payload);
  const json::object* object = parsed ? parsed->if_object() : nullptr;
  if (object == nullptr) return fail(ErrorKind::corrupt, "task " + task.id.text() + " holds no mail");
  ports::EmailMessage message;
  message.to = get_string(*object, "to").value_or("");
  message.from_name = options_.from_name;
  message.from_address = options_.from_address;
  message.subject = get_string(*object, "subject").value_or("");
  message.text_body = get_string(*object, "body").value_or("");
  message.message_reference = "letter-volumes-" + task.id.text();
  message.date = ports_.clock.now();
  POSTROOM_TRY(receipt, mailer_.send(message));
  log_info("letters.volumes_mailed", {{"day", task.subject}, {"provider", receipt.provider}});
  return {};
}

}  // namespace postroom::flows
