// The print house's file area: zips go up, acknowledgement and response files come down. An SFTP server, or a
// plain folder with the same layout.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::ports {

struct RemoteFile {
  std::string name;  // without its folder
  std::uint64_t size = 0;
  UtcTime modified_at;
};

// Each call opens what it needs, has a deadline, and may be made from several threads. A folder is a path below
// the drop's root, "" the root itself. Errors: not_found; invalid_input for a name with a "/" or a dot in front;
// retry_later for the network, a full disk, a busy server; rejected for a host key that is not the pinned one,
// a refused login or missing permission, with the remedy in the message.
class PrintDrop {
 public:
  virtual ~PrintDrop() = default;
  // Where it is, for logs and messages: "sftp://host:port/notify" or a folder.
  virtual std::string description() const = 0;

  // Copies the local file to `folder`/`name`: first under `name`.part, whose size is checked, then renamed, then
  // verified to be listed with the same size. A file that is gone right after the confirmed rename was taken by
  // the print house: that is success, since sending it again would print it twice. An existing file of that name
  // is replaced. `progress` may be empty; it is called now and then with the bytes sent so far, and when it
  // returns false the transfer is given up with retry_later.
  virtual Result<void> upload(std::string_view folder, std::string_view name, const std::string& local_path,
                              const std::function<bool(std::uint64_t)>& progress) = 0;
  // Called when the upload is on record, maybe more than once: only now may a drop that people take files out of
  // show it. A file made again after a crash is then never seen twice.
  virtual Result<void> publish(std::string_view /*folder*/, std::string_view /*name*/) { return {}; }
  virtual Result<RemoteFile> stat(std::string_view folder, std::string_view name) = 0;  // not_found
  virtual Result<std::vector<RemoteFile>> list(
      std::string_view folder) = 0;  // by name; files only; empty when absent
  // rejected when larger than `bytes_max`.
  virtual Result<Bytes> fetch(std::string_view folder, std::string_view name, std::uint64_t bytes_max) = 0;
};

}  // namespace postroom::ports
