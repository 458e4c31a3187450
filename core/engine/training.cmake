# SPDX-License-Identifier: Apache-2.0
# Until the parts that it stands on are there.
if(EXISTS ${PROJECT_SOURCE_DIR}/core/datasets/decode.h AND EXISTS ${PROJECT_SOURCE_DIR}/core/engine/bundle.cpp)
  list(APPEND engine_sources training_data.cpp training_run.cpp training_validation.cpp)
  list(APPEND engine_headers training_run.h)
endif()
