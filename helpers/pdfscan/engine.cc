#include "engine.h"

#include <malloc.h>

#include <cstdlib>
#include <new>

namespace postroom::pdfscan {
namespace {

// Set by refuse(): other messages are MuPDF's own and mean little to people.
constexpr std::string_view kOwnReason = "postroom: ";

bool succeeds(fz_context* ctx, void (*call)(void*), void* work) {
  fz_try(ctx) call(work);
  fz_catch(ctx) return false;
  return true;
}

}  // namespace

void* Engine::allocate(void* memory, std::size_t size) { return reallocate(memory, nullptr, size); }

void* Engine::reallocate(void* memory, void* old, std::size_t size) {
  auto& account = *static_cast<Memory*>(memory);
  if (account.refused != 0 && account.refused != size) account.given_up = true;
  account.refused = 0;
  std::size_t had = old ? ::malloc_usable_size(old) : 0;
  void* now = size <= account.left + had ? std::realloc(old, size) : nullptr;
  if (!now) {
    account.refused = size;
    return nullptr;
  }
  // A little more than was asked for may come; the account then goes down to nothing, not below.
  std::size_t got = ::malloc_usable_size(now);
  account.left = account.left + had > got ? account.left + had - got : 0;
  return now;
}

void Engine::release(void* memory, void* old) {
  if (!old) return;
  static_cast<Memory*>(memory)->left += ::malloc_usable_size(old);
  std::free(old);
}

Engine::Engine(std::size_t memory_max)
    : memory_{.left = memory_max}, allocator_{&memory_, allocate, reallocate, release} {
  context_ = fz_new_context(&allocator_, nullptr, kStoreBytesMax);
  if (!context_) throw std::bad_alloc();
  // Nothing may be written but the answer.
  fz_set_error_callback(context_, [](void*, const char*) {}, nullptr);
  fz_set_warning_callback(context_, [](void*, const char*) {}, nullptr);
}

Engine::~Engine() { fz_drop_context(context_); }

Result<void> Engine::guarded(void (*call)(void*), void* work) {
  if (succeeds(context_, call, work)) return {};
  std::string_view text = fz_caught_message(context_);
  if (text.starts_with(kOwnReason))
    return fail(ErrorKind::invalid_input, std::string(text.substr(kOwnReason.size())));
  return fail(ErrorKind::invalid_input, fmt::format("The PDF is damaged ({}): make it again", text));
}

void refuse(fz_context* ctx, const char* reason) { fz_throw(ctx, FZ_ERROR_GENERIC, "postroom: %s", reason); }

}  // namespace postroom::pdfscan
