// SPDX-License-Identifier: Apache-2.0
#include "ui/model/model_info.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace guidino::ui {

ModelInfo modelInfoFrom(const QString& description)
{
    const QJsonObject json = QJsonDocument::fromJson(description.toUtf8()).object();
    const QJsonObject guide = json.value(QStringLiteral("guide")).toObject();
    ModelInfo info;
    info.system = json.value(QStringLiteral("system")).toString();
    info.sha256 = json.value(QStringLiteral("sha256")).toString();
    info.guideSource = guide.value(QStringLiteral("source")).toString();
    for (const QJsonValue& gate : guide.value(QStringLiteral("gates")).toArray()) {
        info.gates.append(gate.toString());
    }
    info.isGateResidual =
        guide.value(QStringLiteral("gate_form")).toString() == QLatin1String("residual");
    info.prototypes = guide.value(QStringLiteral("prototypes")).toInt();
    info.modality = json.value(QStringLiteral("modality")).toString();
    info.hasFeatureStatistics = json.value(QStringLiteral("feature_statistics")).toBool();
    return info;
}

} // namespace guidino::ui
