# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources dino/rotation.cpp dino/vit.cpp dino/vit_keys.cpp dino/vit_layers.cpp dino/vit_load.cpp)
list(APPEND nn_headers dino/rotation.h dino/vit.h dino/vit_keys.h dino/vit_layers.h dino/vit_load.h)
