#include "flows/print_run/fake_response.h"

#include <fmt/format.h>

#include "core/letters/file_names.h"
#include "core/letters/response_file.h"

namespace postroom::flows {

Result<std::string> create_fake_response(const PrintRunPorts& ports, PrintResponses& responses,
                                         std::string_view reference, bool fakes_print_responses) {
  if (!fakes_print_responses) {
    return fail(ErrorKind::forbidden,
                "this environment takes responses from a real print house; fake ones are made only where "
                "fakes_print_responses is on");
  }
  if (!letters::is_reference(reference))
    return fail(ErrorKind::invalid_input,
                fmt::format("a letter's reference has {} characters A-Z and 0-9", letters::kReferenceLength));
  std::string name = letters::fake_response_name(ports.clock.now(), reference);
  const std::string content = letters::fake_response_content(reference);
  POSTROOM_CHECK(ports.blobs.put(ports::Bucket::print_responses, response_blob_key(name), content));
  POSTROOM_CHECK(responses.process_response_file(name, content));
  return name;
}

}  // namespace postroom::flows
