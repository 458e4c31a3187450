# SPDX-License-Identifier: Apache-2.0
# guidino_add_plugin(<name> SOURCES ...): lib<name>.so, a plug-in of guidino (docs/plugins.md). In our build and, installed with
# the headers, in those of strangers.
function(guidino_add_plugin name)
  cmake_parse_arguments(arg "" "" "SOURCES" ${ARGN})
  add_library(${name} MODULE ${arg_SOURCES})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE guidino::nn)
  # The program has nn and LibTorch in memory when it opens a plug-in, and they are found by their names: no run path is needed.
  set_target_properties(${name} PROPERTIES PREFIX lib SUFFIX .so DEFINE_SYMBOL "" SKIP_BUILD_RPATH ON)
endfunction()
