// Where there is no file area at the print house: it takes letters one by one.
#pragma once

#include "ports/print_drop.h"

namespace postroom::dvla {

// Empty, and takes nothing. A zip that was planned for another print house waits.
class NoPrintDrop final : public ports::PrintDrop {
 public:
  std::string description() const override { return "no file area"; }
  Result<void> upload(std::string_view, std::string_view, const std::string&,
                      const std::function<bool(std::uint64_t)>&) override {
    return fail(refusal());
  }
  Result<ports::RemoteFile> stat(std::string_view, std::string_view name) override {
    return fail(ErrorKind::not_found, "there is no file area that could have " + std::string(name));
  }
  Result<std::vector<ports::RemoteFile>> list(std::string_view) override {
    return std::vector<ports::RemoteFile>{};
  }
  Result<Bytes> fetch(std::string_view, std::string_view, std::uint64_t) override { return fail(refusal()); }

 private:
  static Error refusal() {
    return {ErrorKind::retry_later, "print.provider is dvla-http, which takes letters one by one and no files"};
  }
};

}  // namespace postroom::dvla
