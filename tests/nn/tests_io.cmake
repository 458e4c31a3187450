# SPDX-License-Identifier: Apache-2.0
guidino_add_nn_test(io)
guidino_add_nn_test(unpickler)
