# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources
  data/augment.cpp data/image_plan.cpp data/intensity.cpp data/pack.cpp data/patch_sampler.cpp data/preprocess.cpp
  data/presets.cpp data/spline_resize.cpp)
list(APPEND nn_headers
  data/augment.h data/batch_source.h data/image_plan.h data/intensity.h data/pack.h data/patch_sampler.h
  data/preprocess.h data/presets.h data/random.h data/spline_resize.h)
