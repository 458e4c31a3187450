# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_headers
  backbones/gated_backbone.h)
