# SPDX-License-Identifier: Apache-2.0
list(APPEND engine_sources
  guide_corrections.cpp memory_budget.cpp nnunet_pack.cpp nnunet_validation.cpp preflight.cpp training_data.cpp training_plan.cpp training_previews.cpp
  training_run.cpp training_validation.cpp)
list(APPEND engine_headers memory_budget.h preflight.h training_run.h)
if(TARGET guidino::imaging AND TARGET guidino::datasets)
  list(APPEND engine_sources nnunet_pack_maker.cpp nnunet_predict.cpp nnunet_runtime.cpp nnunet_values.cpp)
  list(APPEND engine_headers nnunet.h)
endif()
