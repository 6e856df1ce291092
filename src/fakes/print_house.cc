#include "fakes/print_house.h"

#include <filesystem>
#include <fstream>
#include <unordered_set>

#include "base/key_ring.h"
#include "base/log.h"
#include "base/text.h"
#include "core/letters/record.h"
#include "fakes/print_house_pdf.h"
#include "fakes/print_house_records.h"

namespace postroom::fakes {
namespace {

namespace fs = std::filesystem;

// Starts with a dot, so that it is never listed as a print file.
constexpr std::string_view kStateFolder = ".print-house";
constexpr std::string_view kPrintedFile = "printed.txt";  // lines "reference|zip name"
constexpr std::string_view kPendingFile = "pending.txt";  // lines for the next response file
constexpr std::size_t kReferenceLength = 16;
constexpr std::size_t kTimeLength = 14;
constexpr int kFreeSecondTriesMax = 600;

bool all_of(std::string_view text, bool (*is_one)(char)) { return std::all_of(text.begin(), text.end(), is_one); }
bool is_reference_char(char c) { return is_ascii_upper(c) || is_ascii_digit(c); }
bool is_digit(char c) { return is_ascii_digit(c); }

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::string();
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return fail(ErrorKind::retry_later, "cannot read " + path);
  return text;
}

Result<void> append_text(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << text << std::flush;
  if (!file)
    return fail(ErrorKind::retry_later, fmt::format("cannot write {}: check disk space and permissions", path));
  return {};
}

bool is_zip_name(std::string_view name) {
  auto is_plain = [](char c) { return is_ascii_alnum(c) || c == '.' || c == '-' || c == '_'; };
  return name.starts_with("NOTIFY.") && name.ends_with(".ZIP") && std::all_of(name.begin(), name.end(), is_plain);
}

// The same references are unsorted in every run, so that a test can tell them beforehand.
bool is_unsorted(std::string_view reference, int percent) {
  return static_cast<unsigned char>(sha256(reference)[0]) * 100 / 256 < percent;
}

}  // namespace

std::string reference_of_letter_name(std::string_view name) {
  std::vector<std::string> parts = split(name, '.');
  // With the crown segment of names before 2021, or without.
  if (parts.size() != 7 && parts.size() != 8) return {};
  static const std::set<std::string, std::less<>> classes = {"1", "2", "E", "N", "ECONOMY"};
  bool has_crown = parts.size() == 8;
  if (has_crown && parts[5] != "C" && parts[5] != "N") return {};
  const std::string& time = parts[parts.size() - 2];
  bool ok = parts[0] == "NOTIFY" && parts[1].size() == kReferenceLength && all_of(parts[1], is_reference_char) &&
            parts[2] == "D" && classes.contains(parts[3]) && parts[4] == "C" && time.size() == kTimeLength &&
            all_of(time, is_digit) && parts.back() == "PDF";
  return ok ? parts[1] : std::string();
}

Result<std::unique_ptr<PrintHouse>> PrintHouse::open(PrintHouseOptions options, const Clock& clock) {
  if (!options.open_zip) return fail(ErrorKind::invalid_input, "the print house was given no way to open zips");
  if (!fs::is_directory(options.root)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the print house's folder {} is not there: make it", options.root));
  }
  std::unique_ptr<PrintHouse> house(new PrintHouse(std::move(options), clock));
  const PrintHouseOptions& o = house->options_;
  for (std::string_view folder : {std::string_view(o.drop_folder), std::string_view(o.acknowledgement_folder),
                                  std::string_view(o.response_folder), std::string_view(o.done_folder),
                                  std::string_view(o.refused_folder), kStateFolder}) {
    std::error_code error;
    fs::create_directories(house->path(folder, ""), error);
    if (error) {
      return fail(ErrorKind::rejected,
                  fmt::format("cannot make the folder {}: {}", house->path(folder, ""), error.message()));
    }
  }
  POSTROOM_CHECK(house->load());
  return house;
}

std::string PrintHouse::path(std::string_view folder, std::string_view name) const {
  std::string out = options_.root;
  if (!folder.empty()) out += fmt::format("/{}", folder);
  if (!name.empty()) out += fmt::format("/{}", name);
  return out;
}

Result<void> PrintHouse::load() {
  POSTROOM_TRY(text, read_text(path(kStateFolder, kPrintedFile)));
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    auto bar = line.find('|');
    if (bar != kReferenceLength) {
      return fail(ErrorKind::corrupt,
                  fmt::format("{} holds a line that is not \"reference|zip\": mend or remove it",
                              path(kStateFolder, kPrintedFile)));
    }
    zip_of_reference_.emplace(line.substr(0, bar), line.substr(bar + 1));
  }
  return {};
}

std::vector<std::string> PrintHouse::waiting_zips() const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path(options_.drop_folder, ""), error)) {
    std::string name = entry.path().filename().string();
    const bool is_ours = to_upper(name).ends_with(".ZIP") || letters::is_record_file_name(name);
    if (is_ours && entry.is_regular_file(error)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  if (names.size() > kZipsPerRunMax) names.resize(kZipsPerRunMax);
  return names;
}

tl::expected<std::vector<PrintedLetter>, std::vector<std::string>> PrintHouse::inspect(
    const std::string& zip_name) const {
  if (letters::is_record_file_name(zip_name)) return inspect_record_file(zip_name);
  std::vector<std::string> faults;
  auto fault = [&](std::string text) {
    if (faults.size() < kProblemsPerZipMax) faults.push_back(fmt::format("{}: {}", zip_name, text));
  };
  std::string zip_path = path(options_.drop_folder, zip_name);
  std::error_code error;
  if (!is_zip_name(zip_name)) fault("is not named NOTIFY.….ZIP");
  if (fs::file_size(zip_path, error) > kZipBytesMax) fault(fmt::format("is larger than {} bytes", kZipBytesMax));
  auto zip = options_.open_zip(zip_path);
  if (!zip) {
    fault(zip.error().message);
    return tl::unexpected(std::move(faults));
  }
  if ((*zip)->entries().empty()) fault("is empty");

  std::vector<PrintedLetter> letters;
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < (*zip)->entries().size(); ++i) {
    const ports::ZipEntry& entry = (*zip)->entries()[i];
    std::string reference = reference_of_letter_name(entry.name);
    if (reference.empty()) fault(fmt::format("the name {} is not NOTIFY.reference.D.class.C.time.PDF", entry.name));
    if (!reference.empty() && !seen.insert(reference).second) fault(fmt::format("holds {} twice", reference));
    if (!entry.is_stored) fault(fmt::format("{} is compressed", entry.name));
    if (entry.made_by_system != 0)
      fault(fmt::format("{} was made by system {}, not 0", entry.name, entry.made_by_system));
    auto pdf = (*zip)->read(i, kLetterBytesMax);
    if (!pdf) {
      fault(pdf.error().message);
      continue;
    }
    auto pages = pdf_page_count(*pdf);
    if (!pages) {
      fault(fmt::format("{} {}", entry.name, pages.error().message));
      continue;
    }
    letters.push_back({reference, entry.name, zip_name, *pages, (*pages + 1) / 2,
                       options_.failing_references.contains(reference)});
  }
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return letters;
}

tl::expected<std::vector<PrintedLetter>, std::vector<std::string>> PrintHouse::inspect_record_file(
    const std::string& name) const {
  const auto content = read_text(path(options_.drop_folder, name));
  if (!content) return tl::unexpected(std::vector<std::string>{content.error().message});
  auto letters = inspect_records(name, *content);
  if (!letters) return letters;
  for (PrintedLetter& letter : *letters) letter.is_failed = options_.failing_references.contains(letter.reference);
  return letters;
}

std::string PrintHouse::stamp(UtcTime time) const {
  if (options_.zone == nullptr) return format_compact(time);
  return format_compact(UtcTime{options_.zone->to_local(time).time_since_epoch()});
}

std::string PrintHouse::response_line(const PrintedLetter& letter) const {
  int sheets = letter.sheets + (options_.miscounted_references.contains(letter.reference) ? 1 : 0);
  return fmt::format("{}|{}|{}|{}\n", letter.reference, letter.is_failed ? "Failed" : "Sent", sheets,
                     is_unsorted(letter.reference, options_.unsorted_percent) ? "Unsorted" : "Sorted");
}

Result<void> PrintHouse::write_new(std::string_view folder, const std::string& name, BytesView content) const {
  std::string final_path = path(folder, name);
  std::string part_path = final_path + ".part";
  std::error_code error;
  fs::remove(part_path, error);
  POSTROOM_CHECK(append_text(part_path, content));
  fs::rename(part_path, final_path, error);
  if (error) return fail(ErrorKind::retry_later, fmt::format("cannot write {}: {}", final_path, error.message()));
  return {};
}

Result<void> PrintHouse::move_zip(const std::string& zip_name, std::string_view folder) const {
  std::error_code error;
  fs::rename(path(options_.drop_folder, zip_name), path(folder, zip_name), error);
  if (error)
    return fail(ErrorKind::retry_later, fmt::format("cannot move {} to {}: {}", zip_name, folder, error.message()));
  return {};
}

Result<void> PrintHouse::acknowledge(const std::string& zip_name, PrintHouseReport& report) {
  if (options_.withhold_acknowledgements) return {};
  std::string line = fmt::format("{}|{}\n", zip_name, stamp(clock_.now()));
  std::string name = zip_name + ".ACK.TXT";
  if (options_.acknowledgement_form == AcknowledgementForm::list) {
    // Two files named by one second would overwrite each other: the next free second is taken.
    for (int i = 0; i < kFreeSecondTriesMax; ++i) {
      name = fmt::format("NOTIFY.{}.ACK.txt", stamp(clock_.now() + std::chrono::seconds(i)));
      if (!fs::exists(path(options_.acknowledgement_folder, name))) break;
    }
  }
  POSTROOM_CHECK(write_new(options_.acknowledgement_folder, name, line));
  report.acknowledgement_files.push_back(std::move(name));
  return {};
}

Result<void> PrintHouse::print(const std::string& zip_name, std::vector<PrintedLetter> letters,
                               PrintHouseReport& report) {
  std::string printed;
  std::string pending;
  for (const PrintedLetter& letter : letters) {
    auto [place, is_new] = zip_of_reference_.emplace(letter.reference, zip_name);
    if (!is_new) {
      report.problems.push_back(fmt::format("PRINTED TWICE: {} in {} was printed before from {}", letter.reference,
                                            zip_name, place->second));
      log_error("print_house.printed_twice",
                {{"reference", letter.reference}, {"zip", zip_name}, {"before", place->second}});
    } else {
      printed += fmt::format("{}|{}\n", letter.reference, zip_name);
    }
    pending += response_line(letter);
    report.sheets += letter.sheets;
  }
  POSTROOM_CHECK(append_text(path(kStateFolder, kPrintedFile), printed));
  POSTROOM_CHECK(append_text(path(kStateFolder, kPendingFile), pending));
  POSTROOM_CHECK(move_zip(zip_name, options_.done_folder));
  POSTROOM_CHECK(acknowledge(zip_name, report));
  ++report.zips;
  std::move(letters.begin(), letters.end(), std::back_inserter(report.letters));
  return {};
}

Result<PrintHouseReport> PrintHouse::collect() {
  PrintHouseReport report;
  for (const std::string& zip_name : waiting_zips()) {
    auto letters = inspect(zip_name);
    if (letters) {
      POSTROOM_CHECK(print(zip_name, std::move(*letters), report));
      continue;
    }
    ++report.zips_refused;
    for (std::string& fault : letters.error()) {
      log_error("print_house.zip_refused", {{"fault", fault}});
      report.problems.push_back(std::move(fault));
    }
    POSTROOM_CHECK(move_zip(zip_name, options_.refused_folder));
  }
  return report;
}

Result<std::string> PrintHouse::respond() {
  std::string pending_path = path(kStateFolder, kPendingFile);
  POSTROOM_TRY(lines, read_text(pending_path));
  if (lines.empty()) return std::string();
  std::string name;
  for (int i = 0; i < kFreeSecondTriesMax; ++i) {
    name = fmt::format("NOTIFY-{}-RSP.TXT", format_compact(clock_.now() + std::chrono::seconds(i)));
    if (!fs::exists(path(options_.response_folder, name))) break;
  }
  POSTROOM_CHECK(write_new(options_.response_folder, name, lines));
  std::error_code error;
  fs::remove(pending_path, error);
  if (error)
    return fail(ErrorKind::retry_later, fmt::format("cannot remove {}: {}", pending_path, error.message()));
  return name;
}

Result<PrintHouseReport> PrintHouse::run_once() {
  POSTROOM_TRY(report, collect());
  if (!options_.withhold_responses) {
    POSTROOM_TRY(name, respond());
    if (!name.empty()) report.response_files.push_back(std::move(name));
  }
  return report;
}

}  // namespace postroom::fakes
