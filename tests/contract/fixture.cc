#include "fixture.h"

namespace postroom::contract {

void StoreContract::SetUp() {
  key_ring_ = std::make_unique<KeyRing>(value_of(KeyRing::parse(key_ring_text_)));
  backend_ = std::get<std::unique_ptr<Backend>>(GetParam().factory());
  database_ = backend_->open(*key_ring_, random_, clock_);
}

void StoreContract::reopen() {
  database_.reset();
  database_ = backend_->open(*key_ring_, random_, clock_);
}

void StoreContract::reopen(const std::string& key_ring_text) {
  database_.reset();
  key_ring_text_ = key_ring_text;
  key_ring_ = std::make_unique<KeyRing>(value_of(KeyRing::parse(key_ring_text)));
  reopen();
}

accounts::Service StoreContract::a_service(std::string name) {
  accounts::Service service;
  service.id = new_id<ServiceId>();
  service.name = std::move(name);
  service.permissions = {accounts::Permission::email, accounts::Permission::letters_as_pdf};
  service.team = {{"Ann", "ann@example.org", "07900900123"}};
  service.created_at = now();
  return service;
}

Notification StoreContract::a_text(ServiceId service) {
  Notification n;
  n.id = new_id<NotificationId>();
  n.service_id = service;
  n.type = NotificationType::sms;
  n.template_id = new_id<TemplateId>();
  n.billable_units = 1;
  n.phone_prefix = "44";
  n.created_at = now();
  n.to = "07900 900123";
  n.normalised_to = "447900900123";
  n.personalisation = R"({"name":"Ann"})";
  return n;
}

Notification StoreContract::a_letter(ServiceId service, Postage postage) {
  Notification n = a_text(service);
  n.type = NotificationType::letter;
  n.phone_prefix = "";
  n.postage = postage;
  n.reference = to_hex(n.id.bytes()).substr(16);
  n.to = "Ann Example\n1 High Street\nSW1 1AA";
  n.normalised_to = "annexample1highstreetsw11aa";
  return n;
}

ports::NewTask StoreContract::a_task(std::string queue, std::string subject) const {
  ports::NewTask task;
  task.queue = std::move(queue);
  task.kind = "deliver";
  task.subject = std::move(subject);
  task.run_at = now();
  return task;
}

Notification StoreContract::stored(Notification notification, std::vector<ports::NewTask> tasks) {
  ports::Acceptance acceptance{std::move(notification), std::move(tasks)};
  value_of(db().notifications().accept(acceptance));
  return acceptance.notification;
}

std::vector<ports::ClaimedTask> StoreContract::claim(std::string_view queue, int max, Duration lease) {
  return value_of(db().tasks().claim(queue, max, now(), lease, "worker"));
}

void on_threads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

std::vector<std::string> subjects(const std::vector<ports::ClaimedTask>& tasks) {
  std::vector<std::string> out;
  for (const auto& task : tasks) out.push_back(task.subject);
  return out;
}

std::vector<NotificationId> ids(const std::vector<Notification>& notifications) {
  std::vector<NotificationId> out;
  for (const auto& n : notifications) out.push_back(n.id);
  return out;
}

}  // namespace postroom::contract
