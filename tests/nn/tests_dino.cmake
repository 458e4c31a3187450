# SPDX-License-Identifier: Apache-2.0
guidino_add_nn_test(rotation)
guidino_add_nn_test(vit)
guidino_add_nn_test(lora)
guidino_add_nn_test(verify)
