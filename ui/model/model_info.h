// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

namespace guidino::ui {

/// What a loaded model says about itself (the worker's answer to `start`). Fields that it did not
/// say are empty or 0.
struct ModelInfo
{
    QString system;      ///< such as "guidino-u"
    QString sha256;      ///< of the bundle
    QString guideSource; ///< "self", "dinov3", ...; "none" or empty: no guide
    QStringList gates;   ///< where the guide acts: "input", "bottleneck", "decoder", ...
    bool isGateResidual = false;
    int prototypes = 0; ///< how many weights it takes
    QString modality;   ///< of the training images, such as "dermatoscopy"
    bool hasFeatureStatistics = false;

    [[nodiscard]] bool hasGuide() const { return prototypes > 0; }

    [[nodiscard]] bool gatesInput() const { return gates.contains(QStringLiteral("input")); }
};

/// From the JSON text of the description; damaged text gives an empty info.
[[nodiscard]] ModelInfo modelInfoFrom(const QString& description);

} // namespace guidino::ui
