// SPDX-License-Identifier: Apache-2.0
#include "core/base/threads.h"

#include <algorithm>
#include <thread>

namespace guidino {

int coreCount()
{
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

int threadsFor(int wanted)
{
    return wanted > 0 ? wanted : coreCount();
}

} // namespace guidino
