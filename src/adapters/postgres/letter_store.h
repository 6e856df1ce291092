// Look-ups of the print run.
#pragma once

#include "adapters/postgres/store.h"
#include "ports/letter_store.h"

namespace postroom::postgres {

// The rows of LetterStore::plan_zip, within a transaction. conflict when the name exists or a letter is in a live
// zip.
Result<void> insert_plan(Connection& connection, const ports::LetterZip& zip,
                         std::span<const ports::ZipLetter> letters);

class LetterStore final : public ports::LetterStore {
 public:
  explicit LetterStore(const Store& store) : store_(store) {}

  Result<std::vector<ports::LetterCandidate>> candidates(UtcTime deadline, const ports::LetterCandidate* after,
                                                         int limit) override;
  Result<void> plan_zip(const ports::LetterZip& zip, std::span<const ports::ZipLetter> letters,
                        const ports::NewTask& task) override;
  Result<ports::LetterZip> zip(std::string_view name) override;
  Result<std::vector<ports::LetterZip>> zips(Date run_day) override;
  Result<std::vector<ports::LetterZip>> unfinished_zips() override;
  Result<std::vector<ports::LetterZip>> zips_of(NotificationId letter) override;
  Result<std::vector<ports::ZipLetter>> zip_letters(std::string_view name) override;
  Result<bool> move_zip(std::string_view name, ports::ZipState from, ports::ZipState to, UtcTime at,
                        std::string_view error) override;
  Result<void> acknowledge_zip(std::string_view name, UtcTime at) override;
  Result<std::vector<std::string>> uploaded_zips_with_created_letters() override;
  Result<std::int64_t> count_sending(UtcTime from, UtcTime to) override;
  Result<std::int64_t> count_created(UtcTime before) override;
  Result<std::vector<NotificationId>> without_pdf(UtcTime from, UtcTime to, int limit) override;
  Result<void> record_sorted_counts(const ports::SortedCounts& counts) override;
  Result<std::vector<ports::SortedCounts>> sorted_counts(Date billing_day) override;
  Result<void> record_despatches(std::span<const ports::Despatch> despatches) override;
  Result<std::optional<ports::Despatch>> despatch(NotificationId letter) override;

 private:
  const Store& store_;
};

}  // namespace postroom::postgres
