# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources data/augment.cpp data/intensity.cpp data/pack.cpp data/preprocess.cpp data/presets.cpp)
list(APPEND nn_headers data/augment.h data/intensity.h data/pack.h data/preprocess.h data/presets.h data/random.h)
