# SPDX-License-Identifier: Apache-2.0
list(APPEND engine_sources guide_corrections.cpp training_data.cpp training_previews.cpp training_run.cpp training_validation.cpp)
list(APPEND engine_headers training_run.h)
