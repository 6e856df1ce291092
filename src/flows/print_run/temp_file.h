// A private file that goes away by itself.
#pragma once

#include <string>

#include "base/result.h"

namespace postroom::flows {

class TempFile {
 public:
  // Creates an empty file with a fresh name in `folder`, readable by its owner only. retry_later when the folder
  // cannot be written.
  static Result<TempFile> create(const std::string& folder);
  ~TempFile();
  TempFile(TempFile&& other) noexcept;
  TempFile& operator=(TempFile&&) = delete;
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit TempFile(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: nothing to remove
};

}  // namespace postroom::flows
