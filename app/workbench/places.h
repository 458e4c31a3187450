// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <filesystem>

namespace guidino {

/// Where the programs' parts lie. Empty: not there.
struct Places
{
    QString guidino;            ///< the command line program, beside this one
    QString samples;            ///< folder of the sample images
    QString demoModel;          ///< bundle of the demo model
    QString projects;           ///< projects of folders that are none themselves
    QString settings;           ///< file
    QString leases;             ///< folder: which jobs hold which devices
};

/// Looks beside the program, in ../share/guidino, then in the source tree above a build folder.
[[nodiscard]] Places findPlaces(const QString& programFolder);

} // namespace guidino
