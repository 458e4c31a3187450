# SPDX-License-Identifier: Apache-2.0
# The kit for plug-ins (docs/plugins.md): cmake --install BUILD --component sdk --prefix DIR
include(CMakePackageConfigHelpers)

# core/nn/extension/plugin.h, all that it includes, and what helps besides. tests/app/tst_plugin_sdk builds against these alone.
set(sdk_headers
  core/base/geometry.h
  core/nn/backbones/conv_norm.h
  core/nn/backbones/gated_backbone.h
  core/nn/backbones/registry.h
  core/nn/config.h
  core/nn/data/augment.h
  core/nn/data/random.h
  core/nn/extension/extensions.h
  core/nn/extension/plugin.h
  core/nn/guide/gate.h
  core/plugin/plugin_api.h)
foreach(header IN LISTS sdk_headers)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${PROJECT_SOURCE_DIR}/${header} DESTINATION include/guidino/${folder} COMPONENT sdk)
endforeach()
install(TARGETS guidino_nn LIBRARY DESTINATION lib COMPONENT sdk)

set(sdk_package lib/cmake/GuidinoPlugin)
string(REGEX MATCH "^[0-9]+" GUIDINO_COMPILER_MAJOR ${CMAKE_CXX_COMPILER_VERSION})
file(STRINGS ${LIBTORCH_INCLUDE_DIR}/torch/headeronly/version.h sdk_libtorch REGEX "^ *\"[0-9.]+\"")
string(REGEX MATCH "[0-9.]+" GUIDINO_LIBTORCH_VERSION "${sdk_libtorch}")
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/GuidinoPluginConfig.cmake.in
  ${PROJECT_BINARY_DIR}/sdk/GuidinoPluginConfig.cmake INSTALL_DESTINATION ${sdk_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sdk/GuidinoPluginConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/sdk/GuidinoPluginConfig.cmake
  ${PROJECT_BINARY_DIR}/sdk/GuidinoPluginConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/GuidinoPlugin.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindLibTorch.cmake
  DESTINATION ${sdk_package} COMPONENT sdk)
install(FILES ${PROJECT_SOURCE_DIR}/docs/plugins.md ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/guidino-sdk COMPONENT sdk)
