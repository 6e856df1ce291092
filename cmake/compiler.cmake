# Warnings, sanitizers, the fast linker and the compiler cache: the same for every target.
add_compile_options(-Wall -Wextra -Werror -Wno-missing-field-initializers
                    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds> $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> -fno-omit-frame-pointer)
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  # Line tables are enough for a profile and a back trace, and halve the size of the objects.
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Collecting its own garbage takes g++ a sixth of its time, and saves a tenth of its 700 MB.
  add_compile_options("--param=ggc-min-expand=200" "--param=ggc-min-heapsize=1000000")
endif()
if(POSTROOM_SANITIZE)
  set(CMAKE_CXX_FLAGS_DEBUG "-g1")  # lines are what a finding names
  add_compile_options(-fsanitize=${POSTROOM_SANITIZE} -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${POSTROOM_SANITIZE})
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()

# Two heavy translation units at once (Beast, CLI11, phone numbers) would need more memory and time than
# two cores have: they share a pool of one.
set_property(GLOBAL PROPERTY JOB_POOLS heavy=1)
