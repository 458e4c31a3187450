// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/project/project_types.h"
#include "core/project/reader_package.h"
#include "core/project/review_state.h"
#include "core/project/review_value.h"

#include <QCoreApplication>
#include <QString>
#include <QStringList>

namespace guidino::ui {

/// What the review says, in the user's language.
class ReviewText
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::ReviewText)

public:
    /// "guide and prediction disagree (IoU 0.31)"
    [[nodiscard]] static QString reason(const project::ReviewScore& score);
    /// What a reason looks at, for the switch that turns it off.
    [[nodiscard]] static QString nameOf(project::ReviewReason reason);
    [[nodiscard]] static QString explanationOf(project::ReviewReason reason);
    [[nodiscard]] static QString nameOf(project::Verdict verdict);
    [[nodiscard]] static QString nameOf(project::ReviewState state);
    /// "Ada, accepted from model 1a2b3c4d, corrected"
    [[nodiscard]] static QString origin(const project::ReferenceOrigin& origin);
    [[nodiscard]] static QString conflict(const project::MergeConflict& conflict);
    /// Nine reasons for a decision, by the digits 1 to 9.
    [[nodiscard]] static QStringList defaultReasons();
    /// "about 4 min", "12 s"
    [[nodiscard]] static QString duration(double seconds);
};

} // namespace guidino::ui
