# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources io/safetensors.cpp)
list(APPEND nn_headers io/checkpoint.h io/safetensors.h io/unpickler.h)
