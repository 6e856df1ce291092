#include "app/commands.h"

#include <fmt/format.h>

#include "app/parts.h"

namespace postroom::app {

Commands::Commands() {
  add_account_commands(*this);
  add_callback_commands(*this);
  add_service_commands(*this);
  add_limit_commands(*this);
  add_email_commands(*this);
  add_mail_commands(*this);
  add_document_commands(*this);
  add_inbound_commands(*this);
  add_message_commands(*this);
  add_letter_commands(*this);
  add_letter_logo_commands(*this);
  add_printing_commands(*this);
  add_letter_care_commands(*this);
  add_ready_letter_commands(*this);
  add_record_commands(*this);
  add_operation_commands(*this);
  add_print_account_commands(*this);
  add_provider_commands(*this);
}

void Commands::add(std::string name, CommandFunction function) { commands_[std::move(name)] = std::move(function); }

Result<json::value> Commands::run(Parts& parts, std::string_view name, const json::object& arguments) const {
  auto found = commands_.find(name);
  if (found == commands_.end()) {
    return fail(ErrorKind::not_found,
                fmt::format("this server has no command '{}': is it of the same version as this program?", name));
  }
  return found->second(parts, arguments);
}

std::vector<std::string> Commands::names() const {
  std::vector<std::string> out;
  for (const auto& [name, function] : commands_) out.push_back(name);
  return out;
}

Result<std::string> required(const json::object& arguments, std::string_view name) {
  auto value = get_string(arguments, name);
  if (!value || value->empty()) return fail(ErrorKind::invalid_input, fmt::format("{} must not be empty", name));
  return *value;
}

Result<accounts::Service> find_service(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "service"));
  ports::ServiceStore& services = parts.database->services();
  auto id = ServiceId::parse(text);
  auto found = id ? services.find(*id) : services.find_by_name(text);
  if (!found && found.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found,
                fmt::format("there is no service '{}': `postroom service list` shows them", text));
  }
  return found;
}

}  // namespace postroom::app
