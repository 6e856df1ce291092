// LetterStore: every sentence of ports/letter_store.h.
#include "fixture.h"

namespace postroom::contract {

using ports::Despatch;
using ports::LetterCandidate;
using ports::LetterZip;
using ports::SortedCounts;
using ports::ZipLetter;
using ports::ZipState;
using testing::ElementsAre;
using testing::IsEmpty;

class LetterContract : public StoreContract {
 protected:
  ports::LetterStore& letters() { return db().letters(); }

  // A letter that may be printed.
  Notification printable(ServiceId service, Postage postage = Postage::second) {
    Notification letter = a_letter(service, postage);
    letter.billable_units = 2;
    return letter;
  }
  static std::vector<ZipLetter> entries(const std::vector<Notification>& notifications) {
    std::vector<ZipLetter> out;
    for (const Notification& n : notifications)
      out.push_back({n.id, n.reference, "2026-03-02/" + n.reference + ".PDF"});
    return out;
  }
  LetterZip a_zip(std::string name) {
    return {.name = std::move(name),
            .run_day = kDay,
            .letter_count = 2,
            .byte_count = 5'000'000'000,
            .created_at = now()};
  }
  Result<void> plan(const std::string& name, const std::vector<Notification>& notifications) {
    return letters().plan_zip(a_zip(name), entries(notifications), a_task("print", name));
  }
  bool move(const std::string& name, ZipState from, ZipState to, std::string error = "") {
    return value_of(letters().move_zip(name, from, to, now(), error));
  }
  std::vector<NotificationId> candidate_ids(UtcTime deadline, int page = 100) {
    std::vector<NotificationId> out;
    std::optional<LetterCandidate> last;
    while (true) {
      auto found = value_of(letters().candidates(deadline, last ? &*last : nullptr, page));
      for (const auto& letter : found) out.push_back(letter.id);
      if (static_cast<int>(found.size()) < page) return out;
      last = found.back();
    }
  }

  static constexpr Date kDay{std::chrono::year{2026}, std::chrono::March, std::chrono::day{2}};
  const ServiceId service_ = new_id<ServiceId>();
};
POSTROOM_CONTRACT_SUITE(LetterContract);

TEST_P(LetterContract, CO3_candidates_are_created_normal_with_sheets_and_in_time) {
  const Notification good = stored(printable(service_));
  Notification test_key = printable(service_);
  test_key.key_type = accounts::KeyType::test;
  Notification team_key = printable(service_);
  team_key.key_type = accounts::KeyType::team;
  Notification no_sheets = printable(service_);
  no_sheets.billable_units = 0;
  Notification sending = printable(service_);
  sending.status = NotificationStatus::sending;
  Notification text = a_text(service_);
  Notification at_deadline = printable(service_);
  at_deadline.created_at = now() + 1s;
  for (const Notification& n : {test_key, team_key, no_sheets, sending, text, at_deadline}) stored(n);
  auto found = value_of(letters().candidates(now() + 1s, nullptr, 10));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, good.id);
  EXPECT_EQ(found[0].reference, good.reference);
  EXPECT_EQ(found[0].service_id, service_);
  EXPECT_EQ(found[0].postage, Postage::second);
  EXPECT_EQ(found[0].created_at, good.created_at);
  EXPECT_EQ(found[0].billable_units, 2);
  EXPECT_THAT(candidate_ids(now()), IsEmpty());

  // Once its sheets are counted, a letter becomes one; once it moves, it is none.
  value_of(db().notifications().update({.id = no_sheets.id, .billable_units = 1}));
  EXPECT_EQ(candidate_ids(now() + 1s).size(), 2U);
  value_of(db().notifications().move({.id = good.id,
                                      .from = {NotificationStatus::created},
                                      .to = NotificationStatus::cancelled,
                                      .at = now(),
                                      .cause = "test"}));
  EXPECT_THAT(candidate_ids(now() + 1s), ElementsAre(no_sheets.id));
}

TEST_P(LetterContract, CO3_candidates_come_by_postage_service_time_and_id) {
  const ServiceId other = new_id<ServiceId>();
  std::vector<Notification> all;
  for (int time = 0; time < 2; ++time) {
    for (Postage postage :
         {Postage::rest_of_world, Postage::economy, Postage::europe, Postage::second, Postage::first}) {
      for (ServiceId service : {other, service_}) {
        for (int i = 0; i < 3; ++i) all.push_back(stored(printable(service, postage)));
      }
    }
    clock_.advance(1s);
  }
  std::ranges::sort(all, {}, [](const Notification& n) {
    return std::tuple(static_cast<int>(*n.postage), n.service_id, n.created_at, n.id);
  });
  for (int page : {1, 7, 100}) EXPECT_EQ(candidate_ids(now(), page), ids(all)) << page;
}

TEST_P(LetterContract, letters_of_live_zips_are_no_candidates_until_the_zip_fails) {
  auto a = stored(printable(service_)), b = stored(printable(service_)), c = stored(printable(service_));
  clock_.advance(1s);
  value_of(plan("ONE.ZIP", {a, b}));
  EXPECT_THAT(candidate_ids(now()), ElementsAre(c.id));
  EXPECT_TRUE(move("ONE.ZIP", ZipState::planned, ZipState::uploading));
  EXPECT_THAT(candidate_ids(now()), ElementsAre(c.id));
  EXPECT_TRUE(move("ONE.ZIP", ZipState::uploading, ZipState::failed, "disk full"));
  EXPECT_EQ(candidate_ids(now()).size(), 3U);
  EXPECT_EQ(value_of(letters().zip("ONE.ZIP")).error, "disk full");
  // A failed zip stays failed: its letters may be elsewhere.
  value_of(plan("TWO.ZIP", {a}));
  EXPECT_FALSE(move("ONE.ZIP", ZipState::failed, ZipState::planned));
  EXPECT_TRUE(move("TWO.ZIP", ZipState::planned, ZipState::uploading));
  EXPECT_TRUE(move("TWO.ZIP", ZipState::uploading, ZipState::uploaded));
  EXPECT_THAT(candidate_ids(now()), testing::UnorderedElementsAre(b.id, c.id));
}

TEST_P(LetterContract, plan_stores_zip_letters_and_task_or_nothing) {
  auto a = stored(printable(service_)), b = stored(printable(service_)), c = stored(printable(service_));
  value_of(plan("ONE.ZIP", {b, a}));
  LetterZip expected = a_zip("ONE.ZIP");
  LetterZip zip = value_of(letters().zip("ONE.ZIP"));
  EXPECT_EQ(zip.name, expected.name);
  EXPECT_EQ(zip.run_day, kDay);
  EXPECT_EQ(zip.state, ZipState::planned);
  EXPECT_EQ(zip.letter_count, 2);
  EXPECT_EQ(zip.byte_count, 5'000'000'000);
  EXPECT_EQ(zip.error, "");
  EXPECT_EQ(zip.created_at, now());
  EXPECT_EQ(zip.uploaded_at, std::nullopt);
  EXPECT_EQ(zip.acknowledged_at, std::nullopt);
  auto in_zip = value_of(letters().zip_letters("ONE.ZIP"));
  ASSERT_EQ(in_zip.size(), 2U);
  EXPECT_EQ(in_zip[0].id, b.id);
  EXPECT_EQ(in_zip[1].reference, a.reference);
  EXPECT_EQ(in_zip[1].blob_key, "2026-03-02/" + a.reference + ".PDF");
  EXPECT_THAT(subjects(claim("print")), ElementsAre("ONE.ZIP"));

  EXPECT_EQ(error_kind(plan("ONE.ZIP", {c})), ErrorKind::conflict);
  EXPECT_EQ(error_kind(plan("TWO.ZIP", {c, a})), ErrorKind::conflict);
  EXPECT_EQ(error_kind(plan("TWO.ZIP", {c, c})), ErrorKind::conflict);
  EXPECT_EQ(error_kind(letters().zip("TWO.ZIP")), ErrorKind::not_found);
  EXPECT_EQ(error_kind(letters().zip_letters("TWO.ZIP")), ErrorKind::not_found);
  EXPECT_THAT(claim("print"), IsEmpty());
  EXPECT_THAT(candidate_ids(now() + 1s), ElementsAre(c.id));
  // The name of a failed zip is not used again.
  EXPECT_TRUE(move("ONE.ZIP", ZipState::planned, ZipState::failed));
  EXPECT_EQ(error_kind(plan("ONE.ZIP", {a})), ErrorKind::conflict);
}

TEST_P(LetterContract, of_many_planners_one_gets_the_letter) {
  for (int round = 0; round < 5; ++round) {
    const Notification shared = stored(printable(service_));
    std::atomic<int> planned = 0;
    on_threads(8, [&](int i) {
      const Notification own = stored(printable(service_));
      const std::string name = "Z" + std::to_string(round) + "-" + std::to_string(i);
      // Its own letter first, so that the loser has something to take back.
      auto result = plan(name, {own, shared});
      if (result)
        ++planned;
      else
        EXPECT_EQ(result.error().kind, ErrorKind::conflict);
    });
    EXPECT_EQ(planned, 1);
    EXPECT_EQ(claim("print").size(), 1U);
  }
  EXPECT_EQ(value_of(letters().zips(kDay)).size(), 5U);
}

TEST_P(LetterContract, zips_are_listed_by_day_and_by_state) {
  value_of(plan("B.ZIP", {stored(printable(service_))}));
  clock_.advance(1s);
  value_of(plan("A.ZIP", {stored(printable(service_))}));
  LetterZip next_day = a_zip("C.ZIP");
  next_day.run_day = add_days(kDay, 1);
  value_of(letters().plan_zip(next_day, {}, a_task()));
  auto names = [](const std::vector<LetterZip>& zips) {
    std::vector<std::string> out;
    for (const auto& zip : zips) out.push_back(zip.name);
    return out;
  };
  EXPECT_THAT(names(value_of(letters().zips(kDay))), ElementsAre("A.ZIP", "B.ZIP"));
  EXPECT_THAT(names(value_of(letters().zips(add_days(kDay, 1)))), ElementsAre("C.ZIP"));
  EXPECT_THAT(value_of(letters().zips(add_days(kDay, 2))), IsEmpty());
  EXPECT_THAT(names(value_of(letters().unfinished_zips())), ElementsAre("B.ZIP", "A.ZIP", "C.ZIP"));
  move("B.ZIP", ZipState::planned, ZipState::uploading);
  EXPECT_EQ(value_of(letters().unfinished_zips()).size(), 3U);
  move("B.ZIP", ZipState::uploading, ZipState::uploaded);
  move("C.ZIP", ZipState::planned, ZipState::failed);
  EXPECT_THAT(names(value_of(letters().unfinished_zips())), ElementsAre("A.ZIP"));
}

TEST_P(LetterContract, every_zip_of_a_letter_is_found_oldest_first) {
  const auto letter = stored(printable(service_));
  EXPECT_THAT(value_of(letters().zips_of(letter.id)), IsEmpty());
  value_of(plan("Z-FIRST.ZIP", {letter}));
  move("Z-FIRST.ZIP", ZipState::planned, ZipState::failed);
  clock_.advance(1s);
  value_of(plan("A-SECOND.ZIP", {letter, stored(printable(service_))}));
  value_of(plan("OTHER.ZIP", {stored(printable(service_))}));
  const auto zips = value_of(letters().zips_of(letter.id));
  ASSERT_EQ(zips.size(), 2U);
  EXPECT_EQ(zips[0].name, "Z-FIRST.ZIP");
  EXPECT_EQ(zips[0].state, ZipState::failed);
  EXPECT_EQ(zips[1].name, "A-SECOND.ZIP");
  EXPECT_EQ(zips[1].letter_count, 2);
}

TEST_P(LetterContract, zip_moves_are_conditional_and_keep_their_error) {
  value_of(plan("A.ZIP", {stored(printable(service_))}));
  EXPECT_FALSE(move("A.ZIP", ZipState::uploading, ZipState::uploaded));
  EXPECT_FALSE(move("NONE.ZIP", ZipState::planned, ZipState::uploading));
  EXPECT_TRUE(move("A.ZIP", ZipState::planned, ZipState::uploading));
  EXPECT_TRUE(move("A.ZIP", ZipState::uploading, ZipState::planned, "connection cut"));
  EXPECT_EQ(value_of(letters().zip("A.ZIP")).error, "connection cut");
  EXPECT_TRUE(move("A.ZIP", ZipState::planned, ZipState::uploading));
  EXPECT_TRUE(move("A.ZIP", ZipState::uploading, ZipState::uploaded));
  auto zip = value_of(letters().zip("A.ZIP"));
  EXPECT_EQ(zip.error, "");
  EXPECT_EQ(zip.uploaded_at, now());
  EXPECT_EQ(zip.state, ZipState::uploaded);
}

TEST_P(LetterContract, acknowledgement_keeps_the_first_time) {
  EXPECT_EQ(error_kind(letters().acknowledge_zip("A.ZIP", now())), ErrorKind::not_found);
  value_of(plan("A.ZIP", {stored(printable(service_))}));
  value_of(letters().acknowledge_zip("A.ZIP", now()));
  value_of(letters().acknowledge_zip("A.ZIP", now() + 1h));
  EXPECT_EQ(value_of(letters().zip("A.ZIP")).acknowledged_at, now());
}

TEST_P(LetterContract, uploaded_zips_with_letters_left_behind_are_found) {
  auto a = stored(printable(service_)), b = stored(printable(service_)), c = stored(printable(service_));
  value_of(plan("A.ZIP", {a, b}));
  value_of(plan("B.ZIP", {c}));
  EXPECT_THAT(value_of(letters().uploaded_zips_with_created_letters()), IsEmpty());
  for (const char* name : {"A.ZIP", "B.ZIP"}) {
    move(name, ZipState::planned, ZipState::uploading);
    move(name, ZipState::uploading, ZipState::uploaded);
  }
  EXPECT_THAT(value_of(letters().uploaded_zips_with_created_letters()), ElementsAre("A.ZIP", "B.ZIP"));
  for (auto id : {a.id, c.id}) {
    value_of(db().notifications().move({.id = id,
                                        .from = {NotificationStatus::created},
                                        .to = NotificationStatus::sending,
                                        .at = now(),
                                        .cause = "zip"}));
  }
  EXPECT_THAT(value_of(letters().uploaded_zips_with_created_letters()), ElementsAre("A.ZIP"));
}

TEST_P(LetterContract, counts_are_half_open_and_mind_the_key) {
  auto sending_at = [&](UtcTime sent_at, accounts::KeyType key) {
    Notification n = printable(service_);
    n.status = NotificationStatus::sending;
    n.sent_at = sent_at;
    n.key_type = key;
    stored(n);
  };
  for (auto offset : {-1us, 0us, 1us}) sending_at(now() + offset, accounts::KeyType::normal);
  sending_at(now(), accounts::KeyType::test);
  Notification text = a_text(service_);
  text.status = NotificationStatus::sending;
  text.sent_at = now();
  stored(text);
  EXPECT_EQ(value_of(letters().count_sending(now(), now() + 1us)), 1);
  EXPECT_EQ(value_of(letters().count_sending(now() - 1us, now() + 2us)), 3);

  Notification test_letter = printable(service_);
  test_letter.key_type = accounts::KeyType::test;
  stored(test_letter);
  stored(printable(service_));
  EXPECT_EQ(value_of(letters().count_created(now())), 0);
  EXPECT_EQ(value_of(letters().count_created(now() + 1us)), 2);
}

TEST_P(LetterContract, letters_without_a_pdf_are_found_oldest_first) {
  auto without = [&](auto change) {
    Notification n = a_letter(service_);
    n.billable_units = 0;
    change(n);
    return stored(n);
  };
  auto second = without([&](Notification& n) { n.created_at = now() + 1s; });
  auto first = without([](Notification&) {});
  without([](Notification& n) { n.billable_units = 1; });
  without([&](Notification& n) { n.updated_at = now(); });
  without([](Notification& n) { n.key_type = accounts::KeyType::test; });
  without([](Notification& n) { n.status = NotificationStatus::pending_virus_check; });
  without([&](Notification& n) { n.created_at = now() - 1us; });
  without([&](Notification& n) { n.created_at = now() + 2s; });
  EXPECT_THAT(value_of(letters().without_pdf(now(), now() + 2s, 10)), ElementsAre(first.id, second.id));
  EXPECT_THAT(value_of(letters().without_pdf(now(), now() + 2s, 1)), ElementsAre(first.id));
}

TEST_P(LetterContract, RS10_sorted_counts_replace_those_of_the_same_file) {
  value_of(letters().record_sorted_counts({kDay, "B.TXT", 1, 2}));
  value_of(letters().record_sorted_counts({kDay, "A.TXT", 3, 4}));
  value_of(letters().record_sorted_counts({kDay, "B.TXT", 5, 6}));
  value_of(letters().record_sorted_counts({add_days(kDay, 1), "C.TXT", 7, 8}));
  auto counts = value_of(letters().sorted_counts(kDay));
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].file_name, "A.TXT");
  EXPECT_EQ(counts[1].file_name, "B.TXT");
  EXPECT_EQ(counts[1].billing_day, kDay);
  EXPECT_EQ(counts[1].sorted, 5);
  EXPECT_EQ(counts[1].unsorted, 6);
}

TEST_P(LetterContract, RS11_the_first_despatch_of_a_letter_stays) {
  const auto a = new_id<NotificationId>(), b = new_id<NotificationId>();
  const std::vector<Despatch> first{{a, kDay, "sorted"}, {b, kDay, "unsorted"}, {a, kDay, "unsorted"}};
  value_of(letters().record_despatches(first));
  const std::vector<Despatch> again{{b, add_days(kDay, 1), "sorted"}};
  value_of(letters().record_despatches(again));
  EXPECT_EQ(value_of(letters().despatch(a))->cost_class, "sorted");
  EXPECT_EQ(value_of(letters().despatch(b))->cost_class, "unsorted");
  EXPECT_EQ(value_of(letters().despatch(b))->despatched_on, kDay);
  EXPECT_FALSE(value_of(letters().despatch(new_id<NotificationId>())).has_value());
}

}  // namespace postroom::contract
