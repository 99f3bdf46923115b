# SPDX-License-Identifier: Apache-2.0
# The libraries from outside (docs/dependencies.md says why each), all from the system; nothing is fetched.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(GTest)

# pointsman_library(NAME SOURCES... [LINK ...]): one folder of src/ as a static library; x_test.cpp beside x.cpp are its tests.
function(pointsman_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(pointsman_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(pointsman_${name} PUBLIC pointsman_options ${ARG_LINK})
endfunction()

# pointsman_test(NAME SOURCES... [LINK ...]): one test program; each of its tests becomes a ctest.
function(pointsman_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  if(NOT POINTSMAN_TESTS OR NOT ARG_SOURCES)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)  # tests/support
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
