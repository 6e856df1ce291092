#include "sandbox.h"

#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "adapters/child_process/child_process.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define POSTROOM_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define POSTROOM_SANITIZED 1
#endif
#endif

namespace postroom::pdfscan {
namespace {

using child_process::limit_resource;

#ifdef POSTROOM_SANITIZED
// Sanitizers reserve terabytes of addresses and call what the filter refuses.
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// The program and its libraries, mapped, on top of what it may use.
constexpr rlim_t kProgramBytes = 192U << 20;

bool allow_only_computing() {
  // What is not listed fails with EPERM, which ends the work like any other error.
  scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (!filter) return false;
  constexpr int kAllowed[] = {
      SCMP_SYS(read),         SCMP_SYS(munmap),         SCMP_SYS(mremap),        SCMP_SYS(brk),
      SCMP_SYS(madvise),      SCMP_SYS(futex),          SCMP_SYS(exit),          SCMP_SYS(exit_group),
      SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
      SCMP_SYS(getrandom),    SCMP_SYS(getpid),         SCMP_SYS(gettid),        SCMP_SYS(restart_syscall),
  };
  bool good = true;
  for (int call : kAllowed) good = good && ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
  good = good &&
         ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO)) == 0;
  // Memory only, never executable, never a file's.
  good = good &&
         ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                            SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0;
  good = good && ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
  good = good && ::seccomp_load(filter) == 0;
  ::seccomp_release(filter);
  return good;
}

std::string tried(const char* name, bool allowed) {
  return std::string(name) + (allowed ? ": ALLOWED\n" : ": refused\n");
}

}  // namespace

bool enter_sandbox(const Allowance& allowance) {
  bool good = ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::prctl(PR_SET_DUMPABLE, 0) == 0 &&
              ::close_range(STDERR_FILENO + 1, ~0U, 0) == 0;
  good = good && limit_resource(RLIMIT_CPU, static_cast<rlim_t>(allowance.cpu_seconds)) &&
         limit_resource(RLIMIT_CORE, 0) && limit_resource(RLIMIT_FSIZE, 0);
  if (kSanitized) return good;
  good = good &&
         limit_resource(RLIMIT_AS, (static_cast<rlim_t>(allowance.memory_megabytes) << 20) + kProgramBytes) &&
         limit_resource(RLIMIT_NOFILE, 0) && limit_resource(RLIMIT_NPROC, 0);
  return good && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && allow_only_computing();
}

std::string try_forbidden() {
  std::string out;
  out += tried("socket", ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  out += tried("unix socket", ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
  out += tried("read a file", ::open("/etc/passwd", O_RDONLY) >= 0);
  out += tried("write a file", ::open("/tmp/postroom-pdfscan-test", O_WRONLY | O_CREAT, 0600) >= 0);
  out += tried("look at a file", ::access("/etc/passwd", F_OK) == 0);
  char name[] = "/bin/true";
  char* arguments[] = {name, nullptr};
  out += tried("execute", ::execve(name, arguments, arguments + 1) == 0);
  pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  out += tried("fork", child >= 0);
  out += tried("trace", ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0);
  out += tried("kill", ::kill(::getppid(), 0) == 0);
  void* code = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  out += tried("executable memory", code != MAP_FAILED);
  out += tried("write to standard error", ::write(STDERR_FILENO, "", 0) == 0);
  out += tried("raise limits", limit_resource(RLIMIT_NOFILE, 100));
  out += tried("much memory", ::mmap(nullptr, std::size_t{8} << 30, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
  return out;
}

}  // namespace postroom::pdfscan
