// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/ids.h"
#include "core/base/result.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <utility>
#include <vector>

/// What leaves a project: masks, images and the metric report. Any thread; the project is read
/// through a connection of its own.
namespace guidino::ui {

/// Images done and images in all.
using ExportProgress = std::function<void(int done, int total)>;

/// What to export.
struct ExportRequest
{
    /// Which label maps become masks.
    enum class Labels {
        Reference,  ///< accepted ones, and what was drawn and never judged
        Prediction, ///< the newest of each image
    };

    enum class MaskForm {
        Indexed, ///< one PNG with a palette; a pixel's value is its class
        Binary,  ///< 0 and 255; with several classes one file for each
    };

    QString projectFolder;
    /// Of the store that has the project open, which may be a local copy that is newer than the
    /// folder's; empty: the folder's own.
    QString databaseFile;
    QString folder;              ///< new, or empty
    std::vector<ImageId> images; ///< empty: all
    bool withMasks = true;
    Labels labels = Labels::Reference;
    MaskForm maskForm = MaskForm::Binary;
    bool withImages = false; ///< PNG, redacted, without EXIF
    bool withReport = true;
    bool withPdf = true; ///< of the report
    /// Two readers to compare with each other; empty: predictions against references.
    QString firstReader;
    QString secondReader;
    /// Predictions are judged by references that came from them, too.
    bool countsOwnCases = false;
    int worstCount = 12;
    bool withNames = false; ///< file names instead of pseudonyms
    QString program;        ///< name and version, for the report
    ExportProgress progress;
    CancelToken cancel;
};

/// What an export would write, or wrote.
struct ExportPlan
{
    int images = 0; ///< of the selection
    int masks = 0;  ///< files
    int pictures = 0;
    int cases = 0; ///< of the report
    /// By name: what is not exported, and why.
    std::vector<std::pair<QString, QString>> leftOut;
};

/// Counts without writing. NotFound, BadInput: the project cannot be read.
[[nodiscard]] Result<ExportPlan> planExport(const ExportRequest& request);

/// Writes into a hidden folder beside the target and renames it: the target is whole or not there.
/// CannotWrite also where the target is not empty; Cancelled.
[[nodiscard]] Result<ExportPlan> runExport(const ExportRequest& request);

/// Everybody who drew or decided in the project, sorted. `databaseFile`: as in ExportRequest.
[[nodiscard]] Result<QStringList>
readersOf(const QString& projectFolder, const QString& databaseFile);

} // namespace guidino::ui
