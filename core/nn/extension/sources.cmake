# SPDX-License-Identifier: Apache-2.0
list(APPEND nn_sources extension/extensions.cpp)
list(APPEND nn_headers extension/extensions.h extension/names.h extension/plugin.h)
