// The program: settings in, a running server or an opened store out.
#pragma once

#include <memory>

#include "app/commands.h"
#include "app/parts.h"

namespace postroom::app {

class Listeners;

// What a first start of an empty development folder made, for the greeting.
struct Example {
  std::string service_name;
  std::string api_key;
};

class Postroom {
 public:
  // Opens store and providers; nothing runs and nothing listens yet. Enough to run commands.
  static Result<std::unique_ptr<Postroom>> open(Settings settings);
  ~Postroom();

  // Starts what the roles ask for.
  Result<void> start();
  // Finishes requests and tasks in hand. Safe to call twice.
  void stop();

  Result<json::value> run_command(std::string_view name, const json::object& arguments);
  std::string api_url() const;
  std::string web_url() const;
  Parts& parts() { return *parts_; }
  const std::optional<Example>& example() const { return example_; }

 private:
  Postroom() = default;
  Result<void> make_example();

  std::unique_ptr<Parts> parts_;
  Commands commands_;
  std::unique_ptr<Listeners> listeners_;
  std::optional<Example> example_;
};

}  // namespace postroom::app
