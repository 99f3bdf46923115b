# SPDX-License-Identifier: Apache-2.0
# What every target is compiled with. Warnings are errors; each switch beyond -Wall -Wextra has its reason here.
add_library(pointsman_options INTERFACE)
target_compile_features(pointsman_options INTERFACE cxx_std_20)
target_include_directories(pointsman_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(pointsman_options INTERFACE
  -Wall -Wextra -Werror
  -Wshadow               # a name that hides another misleads the reader
  -Wnon-virtual-dtor     # deleting through a base would leak
  -Woverloaded-virtual
  -Wnull-dereference
  -Wimplicit-fallthrough
  -fstack-protector-strong -fno-plt)
target_compile_definitions(pointsman_options INTERFACE
  _GLIBCXX_ASSERTIONS    # bounds checks in operator[], front(), optional
  BOOST_ASIO_NO_DEPRECATED)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these two falsely inside the library's own headers when it inlines (GCC bugs 105562, 107852).
  target_compile_options(pointsman_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict -Wno-null-dereference)
endif()
if(CMAKE_BUILD_TYPE MATCHES "Rel")
  target_compile_definitions(pointsman_options INTERFACE _FORTIFY_SOURCE=2)
endif()
if(POINTSMAN_SANITIZE)
  target_compile_options(pointsman_options INTERFACE -fsanitize=${POINTSMAN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  target_link_options(pointsman_options INTERFACE -fsanitize=${POINTSMAN_SANITIZE})
  if(POINTSMAN_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # It cannot see Asio's fences; everything they order is handed over under a mutex as well.
    target_compile_options(pointsman_options INTERFACE -Wno-tsan)
  endif()
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # Coroutines and this check do not assemble together on clang 14.
    target_compile_options(pointsman_options INTERFACE -fno-sanitize=function)
  endif()
endif()
