#include "flows/deliver/simulated_receipt.h"

#include "base/json.h"

namespace postroom::flows {

Bytes to_payload(const SimulatedReceipt& receipt) {
  return write_json(json::object{
      {"status", to_string(receipt.status)}, {"provider", receipt.provider}, {"detail", receipt.detail}});
}

Result<SimulatedReceipt> receipt_from_payload(BytesView payload) {
  auto parsed = parse_json(payload);
  auto status = parsed && parsed->is_object()
                    ? notifications::parse_status(get_string(parsed->get_object(), "status").value_or(""))
                    : std::nullopt;
  if (!status) return fail(ErrorKind::corrupt, "a simulated receipt does not read back");
  const json::object& object = parsed->get_object();
  return SimulatedReceipt{*status, get_string(object, "provider").value_or(""),
                          get_string(object, "detail").value_or("")};
}

}  // namespace postroom::flows
