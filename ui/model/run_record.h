// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QList>
#include <QString>

#include <filesystem>

/// What a run was: everything that one would need to make it again. Any thread.
namespace guidino::ui {

struct RunRecord
{
    struct Row
    {
        QString name;           ///< translated, or a setting's own name such as "training.epochs"
        QString value;          ///< as written; empty values are "–"
        bool isChanged = false; ///< a setting that was given for this run
    };

    struct Section
    {
        QString title; ///< translated
        QList<Row> rows;
    };

    QList<Section> sections;
    QString commandLine; ///< empty where job.json is not there or no training
    QString problem;     ///< what could not be read, translated; empty: nothing

    /// As plain text, "name: value" a line, for the clipboard.
    [[nodiscard]] QString text() const;
};

/// Reads run.json and job.json of the folder. What is damaged or not there is left out and named.
[[nodiscard]] RunRecord readRunRecord(const std::filesystem::path& folder);

/// Names of the run's validation images, of splits.json; empty where there is none.
[[nodiscard]] QList<QString> validationImages(const std::filesystem::path& folder);

/// Asks the training to show these images (names or stems) from its next validation on:
/// previews/pinned.json. CannotWrite.
[[nodiscard]] Status pinImages(const std::filesystem::path& folder, const QList<QString>& images);

} // namespace guidino::ui
