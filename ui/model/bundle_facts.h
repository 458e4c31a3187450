// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QString>

#include <optional>

namespace guidino::ui {

/// What the configuration of a model bundle says, read without LibTorch.
struct BundleFacts
{
    QString sha256; ///< of its weights
    QString parent; ///< SHA-256 of the bundle that its training began from; empty: from nothing
    QString system; ///< such as "guidino-u"
    QString metric; ///< by which its checkpoint was picked, such as "dsc"
    std::optional<double> score;      ///< of that metric on the validation images of the training
    std::optional<double> startScore; ///< of the model it began from, on the same images
    int epoch = 0;                    ///< of the checkpoint, from 1; 0: not said, or see isStart
    bool isStart = false; ///< it is the model that its training began from: no epoch was better
    int trainImages = 0;
    int validationImages = 0;
};

/// Of a bundle that is a folder. Any thread. NotFound where it has no config.json, BadInput where
/// that is damaged or names no weights.
[[nodiscard]] Result<BundleFacts> readBundleFacts(const QString& folder);

/// Copies a bundle's folder beside its target and renames it; a target that is there stays as it
/// is. Any thread. CannotWrite.
[[nodiscard]] Status copyBundle(const QString& folder, const QString& target);

} // namespace guidino::ui
