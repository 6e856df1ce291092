// postroom-pdfscan CPU_SECONDS MEMORY_MEGABYTES: one request on standard input, one answer on standard output.
// postroom-pdfscan --self-test: what the sandbox refuses. postroom-pdfscan --version.
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <new>

#include "adapters/child_process/child_process.h"
#include "engine.h"
#include "sandbox.h"
#include "work.h"

namespace {

using namespace postroom;
using namespace postroom::pdfscan;

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr std::size_t kRequestBytesMax = kHeadBytesMax + 2 * kPdfBytesMax;

// Poll may not be called here; whoever started this process ends it when it takes too long.
bool read_request(Bytes& out) {
  std::size_t size = 0;
  for (;;) {
    if (out.size() - size < kBlockBytes) out.resize(out.size() * 2 + kBlockBytes);
    ssize_t count = ::read(STDIN_FILENO, out.data() + size, out.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > kRequestBytesMax) return false;
  }
  out.resize(size);
  return true;
}

bool read_number(const char* text, int& out) {
  const char* end = text + std::strlen(text);
  auto [stop, error] = std::from_chars(text, end, out);
  return error == std::errc{} && stop == end && out > 0;
}

int serve(const Allowance& allowance) {
  Bytes bytes;
  if (!read_request(bytes)) return kExitBadRequest;
  auto request = parse_request(bytes);
  if (!request) return kExitBadRequest;
  Bytes().swap(bytes);
  bool out_of_memory = false;
  auto body = do_work(*request, static_cast<std::size_t>(allowance.memory_megabytes) << 20, out_of_memory);
  if (out_of_memory) return kExitOutOfMemory;
  bool written = child_process::write_all(STDOUT_FILENO, body ? answer(*body) : refusal(body.error().message));
  return written ? kExitAnswered : kExitBadRequest;
}

int self_test() {
  if (!enter_sandbox({})) return kExitNoSandbox;
  std::string report = try_forbidden();
  child_process::write_all(STDOUT_FILENO, report);
  return report.find("ALLOWED") == std::string::npos ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::strcmp(arguments[1], "--self-test") == 0) return self_test();
  if (count == 2 && std::strcmp(arguments[1], "--version") == 0) {
    std::printf("postroom-pdfscan, protocol %d, MuPDF %s. This program as a whole is under the GNU AGPL 3.\n",
                kWireVersion, FZ_VERSION);
    return 0;
  }
  Allowance allowance;
  if (count != 3 || !read_number(arguments[1], allowance.cpu_seconds) ||
      !read_number(arguments[2], allowance.memory_megabytes)) {
    std::fputs("usage: postroom-pdfscan CPU_SECONDS MEMORY_MEGABYTES < request\n", stderr);
    return kExitBadRequest;
  }
  if (!enter_sandbox(allowance)) return kExitNoSandbox;
  int code = kExitOutOfMemory;
  try {
    code = serve(allowance);
  } catch (const std::bad_alloc&) {
  }
  // What is still allocated goes with the process.
  ::_exit(code);
}
