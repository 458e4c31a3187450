// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace guidino {

/// Makes the embedded files (icons, themes) known to Qt under ":/". A static library's resources
/// are left out by the linker unless someone calls this. Once, at the start of a program.
void loadResources();

} // namespace guidino
