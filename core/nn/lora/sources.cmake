# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources lora/lora.cpp)
list(APPEND nn_headers lora/lora.h)
