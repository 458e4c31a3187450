# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources)
list(APPEND nn_headers dino/vit.h dino/vit_layers.h dino/vit_load.h)
