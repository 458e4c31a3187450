# SPDX-License-Identifier: Apache-2.0
guidino_add_nn_test(losses)
guidino_add_nn_test(networks)
guidino_add_nn_test(schedule)
guidino_add_nn_test(sliding_window)
guidino_add_nn_test(tokenbook)
guidino_add_nn_test(golden_nets)
guidino_add_nn_test(guide_backbone)
