# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources
  guide/gate.cpp
  guide/guide_generator.cpp
  guide/key_table.cpp
  guide/segmenter.cpp
  guide/sliding_window.cpp
  guide/tokenbook.cpp)
list(APPEND nn_headers
  guide/full_precision.h
  guide/gate.h
  guide/guide_generator.h
  guide/guided_segmenter.h
  guide/key_table.h
  guide/sliding_window.h
  guide/tokenbook.h)
# The golden cases register with the frame that runs them.
list(APPEND nn_sources
  verify/cases_baselines.cpp
  verify/cases_networks.cpp
  verify/cases_training.cpp
  verify/cases_transformers.cpp)
