# SPDX-License-Identifier: Apache-2.0
if(EXISTS ${PROJECT_SOURCE_DIR}/core/datasets/decode.h AND EXISTS ${PROJECT_SOURCE_DIR}/core/engine/bundle.cpp)
  guidino_add_test(tst_training_run TORCH SOURCES tst_training_run.cpp LINK guidino::engine guidino::nn LABELS nn)
endif()
