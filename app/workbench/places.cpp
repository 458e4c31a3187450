// SPDX-License-Identifier: Apache-2.0
#include "app/workbench/places.h"

#include "core/base/file.h"

#include <QDir>
#include <QFileInfo>
#include <QStringList>

namespace guidino {

namespace {

/// The first of these folders that exists and holds `mark`.
QString firstWith(const QStringList& folders, const QString& mark)
{
    for (const QString& folder : folders) {
        if (QFileInfo::exists(folder + QLatin1Char('/') + mark)) {
            return QDir::cleanPath(folder);
        }
    }
    return {};
}

} // namespace

Places findPlaces(const QString& programFolder)
{
    Places places;
    const QString program = programFolder + QStringLiteral("/guidino");
    if (QFileInfo(program).isExecutable()) {
        places.guidino = program;
    }
    QStringList roots{programFolder + QStringLiteral("/../share/guidino")};
    // A build folder lies some levels below the source tree.
    QDir folder(programFolder);
    constexpr int kLevels = 4;
    for (int level = 0; level < kLevels && folder.cdUp(); ++level) {
        roots.append(folder.absolutePath());
        roots.append(folder.absoluteFilePath(QStringLiteral("resources")));
    }
    QStringList samples;
    QStringList models;
    for (const QString& root : roots) {
        samples.append(root + QStringLiteral("/samples"));
        models.append(root + QStringLiteral("/models/demo"));
    }
    places.samples = firstWith(samples, QStringLiteral("splits.json"));
    places.demoModel = firstWith(models, QStringLiteral("config.json"));
    const std::filesystem::path user = userDataFolder();
    places.projects = QString::fromStdString((user / "projects").string());
    places.leases = QString::fromStdString(user.string());
    places.settings = QString::fromStdString((user / "workbench.ini").string());
    return places;
}

} // namespace guidino
