# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources
  backbones/batch_norm_statistics.cpp
  backbones/conv_norm.cpp
  backbones/gated_backbone.cpp
  backbones/h2former.cpp
  backbones/kan.cpp
  backbones/seg_guidino.cpp
  backbones/swin_blocks.cpp
  backbones/swin_unet.cpp
  backbones/ukan.cpp
  backbones/unet.cpp
  backbones/wnet.cpp)
list(APPEND nn_headers
  backbones/batch_norm_statistics.h
  backbones/conv_norm.h
  backbones/gated_backbone.h
  backbones/h2former.h
  backbones/kan.h
  backbones/seg_guidino.h
  backbones/swin_blocks.h
  backbones/swin_unet.h
  backbones/ukan.h
  backbones/unet.h
  backbones/wnet.h)
