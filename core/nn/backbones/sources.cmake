# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources
  backbones/batch_norm_statistics.cpp
  backbones/conv_norm.cpp
  backbones/cost.cpp
  backbones/gated_backbone.cpp
  backbones/h2former.cpp
  backbones/kan.cpp
  backbones/nnunet.cpp
  backbones/plain_decoders.cpp
  backbones/published.cpp
  backbones/registry.cpp
  backbones/seg_guidino.cpp
  backbones/segdino.cpp
  backbones/segdino_v2.cpp
  backbones/swin_blocks.cpp
  backbones/swin_unet.cpp
  backbones/token_decoder.cpp
  backbones/ukan.cpp
  backbones/unet.cpp
  backbones/wnet.cpp)
list(APPEND nn_headers
  backbones/batch_norm_statistics.h
  backbones/conv_norm.h
  backbones/cost.h
  backbones/gated_backbone.h
  backbones/h2former.h
  backbones/kan.h
  backbones/published.h
  backbones/registry.h
  backbones/seg_guidino.h
  backbones/swin_blocks.h
  backbones/swin_unet.h
  backbones/token_decoder.h
  backbones/ukan.h
  backbones/unet.h
  backbones/wnet.h)
