# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources
  losses/loss_terms.cpp
  losses/schedule.cpp
  losses/segmentation_loss.cpp)
list(APPEND nn_headers
  losses/loss_terms.h
  losses/schedule.h
  losses/segmentation_loss.h)
