# Language level, warnings, sanitizers, and the launchers that make rebuilds cheap.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(BROKER_WITH_GRPC "Build what links gRPC: native API, brokerd, brokerctl" ON)
set(BROKER_SANITIZE "" CACHE STRING "Sanitizers for every target, e.g. address,undefined or thread")

include(SyntaxOnly)

find_program(CCACHE ccache)
if(CCACHE AND NOT BROKER_SYNTAX_ONLY)
  # base_dir makes a checkout in another folder hit the same cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(BROKER_SANITIZE)
  add_compile_options(-fsanitize=${BROKER_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${BROKER_SANITIZE})
  if(BROKER_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  if(BROKER_SANITIZE MATCHES "thread")
    # Fences are beyond that sanitizer. Asio hands work over under locks of its own; here they would only add to them.
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()

# Tests run with Debian's interpreter, whatever comes first on PATH; elsewhere with the one that is found. Without tests
# none is needed.
if(BROKER_TESTS)
  find_program(BROKER_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  find_program(BROKER_PYTHON python3 REQUIRED)
endif()

option(BROKER_FUZZ "Build the fuzzing harnesses for libFuzzer (clang only)" OFF)
if(BROKER_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_library(broker_warnings INTERFACE)
target_compile_options(broker_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wno-missing-field-initializers  # partial designated initialisers are how defaults read best
  -Woverloaded-virtual -Wnon-virtual-dtor -Werror=switch -Werror)
if(BROKER_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Instrumented, an optional's empty inside looks uninitialised to gcc.
  target_compile_options(broker_warnings INTERFACE -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(broker_warnings INTERFACE -Wthread-safety)
else()
  target_compile_options(broker_warnings INTERFACE -Wno-restrict)  # gcc 12 sees one in "literal" + std::string
endif()

# gcc follows null pointers through what is inlined. Over our own libraries that is worth having; inlined gRPC, Asio
# and GoogleTest, and instrumented code, only raise false alarms.
add_library(broker_null_warnings INTERFACE)
if(NOT BROKER_SANITIZE)
  target_compile_options(broker_null_warnings INTERFACE -Wnull-dereference)
endif()
