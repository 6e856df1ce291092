// What a request needs of MuPDF, and how errors travel.
//
// MuPDF reports errors by longjmp, which must not pass over a destructor. So everywhere in this folder: a function
// that calls MuPDF has no local variable that owns something; what lives longer belongs to an object that was made
// outside of Engine::run(). What MuPDF allocated is not given back after an error: the process ends then.
#pragma once

extern "C" {
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
}

#include <string>
#include <type_traits>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::pdfscan {

// What MuPDF may keep to be faster; it gives this up where memory is short.
inline constexpr std::size_t kStoreBytesMax = 64U << 20;

class Engine {
 public:
  // Of all that MuPDF allocates.
  explicit Engine(std::size_t memory_max);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  fz_context* context() const { return context_; }

  // Calls `work`, whose errors become invalid_input.
  template <typename Work>
  Result<void> run(Work&& work) {
    return guarded([](void* given) { (*static_cast<std::remove_reference_t<Work>*>(given))(); }, &work);
  }

  // Also when MuPDF went on without what it did not get, and so may have left out part of a page.
  bool out_of_memory() const { return memory_.given_up || memory_.refused != 0; }

 private:
  struct Memory {
    std::size_t left = 0;
    // The size last refused. MuPDF frees what it can spare and asks again; when it asks for something else next, it
    // has given up.
    std::size_t refused = 0;
    bool given_up = false;
  };

  static void* allocate(void* memory, std::size_t size);
  static void* reallocate(void* memory, void* old, std::size_t size);
  static void release(void* memory, void* old);
  Result<void> guarded(void (*call)(void*), void* work);

  Memory memory_;
  fz_alloc_context allocator_;
  fz_context* context_ = nullptr;
};

// Throws an error of MuPDF with a reason for people.
[[noreturn]] void refuse(fz_context* ctx, const char* reason);

inline constexpr double kMillimetresAPoint = 25.4 / 72;

}  // namespace postroom::pdfscan
