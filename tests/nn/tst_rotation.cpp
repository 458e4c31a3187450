// SPDX-License-Identifier: Apache-2.0
#include "tests/nn/rotation_cases.h"

using namespace guidino;

GD_TEST(rotatesOnTheCpu)
{
    test::checkRotationOn(torch::kCPU);
}

GD_TEST_MAIN()
