# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_headers
  guide/gate.h
  guide/guide_generator.h
  guide/key_table.h
  guide/sliding_window.h
  guide/tokenbook.h)
