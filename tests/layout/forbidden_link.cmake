# SPDX-License-Identifier: Apache-2.0
# Run by ctest: a link that the layer table does not allow must stop the configure run.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/GuidinoTargets.cmake)
if(CASE STREQUAL "layer")
  guidino_check_layer(ui_model PUBLIC guidino::nn)
elseif(CASE STREQUAL "foreign")
  guidino_check_layer(ui_model PUBLIC LibTorch::LibTorch)
elseif(CASE STREQUAL "private")
  guidino_check_layer(project PUBLIC Qt6::Sql)
elseif(CASE STREQUAL "allowed")
  guidino_check_layer(engine PRIVATE guidino::nn nlohmann_json::nlohmann_json)
  message(STATUS "allowed")
endif()
