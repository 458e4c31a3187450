# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_headers
  losses/loss_terms.h
  losses/schedule.h
  losses/segmentation_loss.h)
