# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources verify/dino_cases.cpp verify/verify.cpp)
list(APPEND nn_headers verify/verify.h)
