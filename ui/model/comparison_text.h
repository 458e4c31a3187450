// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/model_comparison.h"
#include "ui/model/comparison_controller.h"

#include <QCoreApplication>
#include <QString>

namespace guidino::ui {

/// What a comparison of two models found, in plain words. Translated.
class ComparisonText
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::ComparisonText)

public:
    struct Names
    {
        QString a;
        QString b;
    };

    /// "12 locked images".
    [[nodiscard]] static QString imagesOf(ComparisonController::Set set, int count);
    [[nodiscard]] static QString nameOf(ComparisonController::Set set);

    /// "On 12 locked images Model 2 is better by 0.021 DSC (95 % interval 0.004 to 0.040)."
    [[nodiscard]] static QString statement(
        const report::ModelComparison& found, ComparisonController::Set set, const Names& names);

    /// What the p value of the signed-rank test means; empty with fewer than two images.
    [[nodiscard]] static QString probability(const report::ModelComparison& found);

    /// How many were left out, and why; empty where none was.
    [[nodiscard]] static QString leftOut(const report::ModelComparison& found, bool countsOwnCases);

    /// What the choice of images takes from the proof; empty where nothing does.
    [[nodiscard]] static QString caution(ComparisonController::Set set, int lockedLooks);

    /// Three digits, a true minus, "+" in front of gains.
    [[nodiscard]] static QString change(double value, int digits = 3);
    [[nodiscard]] static QString number(double value, int digits = 3);
};

} // namespace guidino::ui
