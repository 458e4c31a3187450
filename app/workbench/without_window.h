// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace guidino {

/// What the program does without opening a window. Exit codes as of `guidino`: 0, 3 (bad input),
/// 5 (cancelled, by the interrupt key), 6 (cannot write), 70.
struct WithoutWindow
{
    QString importFile;    ///< a .gdino; empty: nothing to import
    QString into;          ///< new folder of the project
    QString exportProject; ///< folder; empty: nothing to export
    QString out;           ///< the .gdino to write
    bool withImages = true;
    bool withModels = true;

    [[nodiscard]] bool isAsked() const { return !importFile.isEmpty() || !exportProject.isEmpty(); }
};

/// Says on stderr what failed, on stdout what was done.
[[nodiscard]] int runWithoutWindow(const WithoutWindow& options);

} // namespace guidino
