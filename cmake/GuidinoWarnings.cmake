# SPDX-License-Identifier: Apache-2.0
# Warnings and sanitizers of our own code, as one interface target.
add_library(guidino_warnings INTERFACE)
target_compile_options(guidino_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  # False positives of GCC 12 in libstdc++ (GCC PR 105329, PR 105562).
  -Wno-restrict -Wno-maybe-uninitialized)
if(GUIDINO_WERROR)
  target_compile_options(guidino_warnings INTERFACE -Werror)
endif()
if(GUIDINO_SANITIZE)
  string(REPLACE "," ";" sanitizers "${GUIDINO_SANITIZE}")
  foreach(sanitizer IN LISTS sanitizers)
    target_compile_options(guidino_warnings INTERFACE -fsanitize=${sanitizer} -fno-omit-frame-pointer)
    target_link_options(guidino_warnings INTERFACE -fsanitize=${sanitizer})
  endforeach()
endif()
