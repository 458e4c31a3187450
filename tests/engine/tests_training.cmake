# SPDX-License-Identifier: Apache-2.0
guidino_add_engine_test(training_run LABELS nn)
