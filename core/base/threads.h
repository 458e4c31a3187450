// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace guidino {

/// What this process may use; at least 1.
[[nodiscard]] int coreCount();

/// `wanted`, or coreCount() where that is 0 or less.
[[nodiscard]] int threadsFor(int wanted);

} // namespace guidino
