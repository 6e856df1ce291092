// Pins what sealed values are bound to: with another word nothing that is stored would open.
#include "adapters/store_common/sealing.h"

#include <gtest/gtest.h>

namespace postroom::store_common {
namespace {

TEST(Sealing, contexts_are_pinned) {
  const Uuid id = *Uuid::parse("01020304-0506-4708-890a-0b0c0d0e0f10");
  const std::string text = "01020304-0506-4708-890a-0b0c0d0e0f10";
  EXPECT_EQ(service_context(ServiceId(id)), "service:" + text);
  EXPECT_EQ(key_context(ApiKeyId(id)), "api_key:" + text);
  EXPECT_EQ(callback_context(ServiceId(id), accounts::CallbackType::delivery), "callback:" + text + ":delivery");
  EXPECT_EQ(template_context(TemplateId(id), 3), "template:" + text + ":3");
  EXPECT_EQ(job_context(JobId(id)), "job:" + text);
  EXPECT_EQ(personal_context(NotificationId(id)),
            "notification:\x01\x02\x03\x04\x05\x06\x47\x08\x89\x0a\x0b\x0c\x0d\x0e\x0f\x10");
  EXPECT_EQ(payload_context("deliver-sms", "x"), "task:deliver-sms:x");
}

}  // namespace
}  // namespace postroom::store_common
