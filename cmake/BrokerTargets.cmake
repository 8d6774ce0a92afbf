# broker_library(NAME SOURCES a.cc ... [PUBLIC dep ...] [PRIVATE dep ...] [FOREIGN_INLINES])
# FOREIGN_INLINES: it includes gRPC or Asio (see broker_null_warnings).
# One library per row of the layer table in broker/README.md; the include check reads the same table
# (tests/house/layers.toml). Every header beside the sources must compile alone: the target
# all_verify_interface_header_sets checks it.
function(broker_library name)
  cmake_parse_arguments(ARG "FOREIGN_INLINES" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE broker_warnings ${ARG_PRIVATE})
  if(NOT ARG_FOREIGN_INLINES)
    target_link_libraries(${name} PRIVATE broker_null_warnings)
  endif()
  file(GLOB headers CONFIGURE_DEPENDS *.h)
  if(headers)
    target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${headers})
    set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
endfunction()

# broker_executable(NAME SOURCES a.cc ... LINKS dep ...)
function(broker_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE broker_warnings ${ARG_LINKS})
endfunction()

# broker_test(NAME SOURCES a_test.cc ... LINKS dep ... [TIMEOUT seconds] [LABELS label ...])
# One ctest entry per executable: GoogleTest itself prints every case.
function(broker_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
  broker_executable(${name} SOURCES ${ARG_SOURCES} LINKS ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

# broker_python_test(NAME SCRIPT a_test.py [ARGS ...] [TIMEOUT seconds] [LABELS label ...])
# Runs with Debian's own interpreter: Debian's Python packages are installed for that one. A path in ARGS may be a
# generator expression, such as $<TARGET_FILE:brokerd>. A script that cannot test on this machine prints
# "SKIPPED: reason" and exits with 77.
function(broker_python_test name)
  cmake_parse_arguments(ARG "" "SCRIPT;TIMEOUT" "ARGS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${BROKER_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_SCRIPT} ${ARG_ARGS})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
