# SPDX-License-Identifier: Apache-2.0
# One thread each: ctest runs several at once, and their networks are small.
guidino_add_nn_test(losses ENVIRONMENT OMP_NUM_THREADS=1)
guidino_add_nn_test(networks ENVIRONMENT OMP_NUM_THREADS=1)
guidino_add_nn_test(schedule ENVIRONMENT OMP_NUM_THREADS=1)
guidino_add_nn_test(sliding_window ENVIRONMENT OMP_NUM_THREADS=1)
guidino_add_nn_test(tokenbook ENVIRONMENT OMP_NUM_THREADS=1)
if(EXISTS ${PROJECT_SOURCE_DIR}/core/nn/verify/verify.cpp)
  guidino_add_nn_test(golden_nets ENVIRONMENT OMP_NUM_THREADS=1)
endif()
if(EXISTS ${PROJECT_SOURCE_DIR}/core/nn/dino/vit.cpp)
  guidino_add_nn_test(guide_backbone ENVIRONMENT OMP_NUM_THREADS=1)
endif()
