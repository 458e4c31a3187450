# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources train/autocast.cpp train/checkpoint.cpp train/spline_group.cpp train/trained_weights.cpp train/trainer.cpp
  train/trainer_parts.cpp)
list(APPEND nn_headers train/autocast.h train/checkpoint.h train/spline_group.h train/trained_weights.h train/trainer.h
  train/trainer_parts.h)
