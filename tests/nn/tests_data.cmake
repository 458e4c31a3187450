# SPDX-License-Identifier: Apache-2.0
guidino_add_nn_test(augment)
guidino_add_nn_test(pack_file)
guidino_add_nn_test(patches)
guidino_add_nn_test(preprocess)
guidino_add_nn_test(trainer)
