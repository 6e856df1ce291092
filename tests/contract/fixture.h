// What every contract test starts from: an empty database of the backend, a clock that stands still, builders.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "backend.h"

namespace postroom::contract {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using notifications::Postage;

class StoreContract : public testing::TestWithParam<RegisteredBackend> {
 protected:
  void SetUp() override;
  void TearDown() override { database_.reset(); }

  ports::Database& db() { return *database_; }
  // Closes and opens again, as a restart does; with another key ring when given.
  void reopen();
  void reopen(const std::string& key_ring_text);
  void close() { database_.reset(); }
  Backend& backend() { return *backend_; }

  template <typename IdType>
  IdType new_id() {
    return IdType(Uuid::time_ordered(clock_.now(), random_));
  }
  UtcTime now() const { return clock_.now(); }

  accounts::Service a_service(std::string name = "Council");
  Notification a_text(ServiceId service);
  Notification a_letter(ServiceId service, Postage postage = Postage::second);
  ports::NewTask a_task(std::string queue = "send", std::string subject = "s") const;
  // Stores it and fails the test when that fails.
  Notification stored(Notification notification, std::vector<ports::NewTask> tasks = {});
  std::vector<ports::ClaimedTask> claim(std::string_view queue, int max = 100, Duration lease = 60s);
  static ports::TaskSettlement finish(const ports::ClaimedTask& task) {
    return {.id = task.id, .attempt = task.attempt};
  }

  MovableClock clock_{from_micros(1'772'442'900'123'456)};
  SystemRandom random_;
  std::string key_ring_text_ = KeyRing::generate(random_);
  std::unique_ptr<KeyRing> key_ring_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<ports::Database> database_;
};

// Runs `work(i)` on that many threads at once and waits for all.
void on_threads(int count, const std::function<void(int)>& work);

std::vector<std::string> subjects(const std::vector<ports::ClaimedTask>& tasks);
std::vector<NotificationId> ids(const std::vector<Notification>& notifications);

// The value of a Result; fails the test with the error's message when there is none.
template <typename T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}
template <typename T>
std::optional<ErrorKind> error_kind(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().kind);
}

#define POSTROOM_CONTRACT_SUITE(Suite)                                                               \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Suite);                                              \
  INSTANTIATE_TEST_SUITE_P(on, Suite, testing::ValuesIn(::postroom::contract::available_backends()), \
                           [](const auto& info) { return info.param.name; })

}  // namespace postroom::contract
