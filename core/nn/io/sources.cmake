# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources
  io/checkpoint.cpp io/pickle_globals.cpp io/safetensors.cpp io/torch_file.cpp io/unpickler.cpp io/zip_reader.cpp)
list(APPEND nn_headers
  io/checkpoint.h io/pickle_globals.h io/safetensors.h io/torch_file.h io/unpickler.h io/zip_reader.h)
