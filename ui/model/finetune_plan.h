// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/protocol/job_spec.h"
#include "ui/model/trainable_model.h"

#include <QString>
#include <QStringList>

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

/// What a fine-tuning of a project's images would be, as plain values: which images train, which
/// are held out, and the job that comes of it. Any thread.
namespace guidino::ui {

/// An image of the project as a fine-tuning sees it.
struct FineTuneCase
{
    ImageId image;
    QString group; ///< of the project; empty: a group of its own
    QString split; ///< of the project: train, validation, test, locked; empty: none yet
    bool isLabelled = false;
    bool isBarred = false;    ///< rejected, unsure, or readers disagree: never trains
    bool isCorrected = false; ///< its labels were drawn or corrected by hand
    bool hasGuide = false;    ///< its guide was corrected
};

/// Two images of the same scene.
using AlikePair = std::pair<ImageId, ImageId>;

/// Shares of the labelled images that are held out where the project does not say yet.
struct SplitShares
{
    double validation = 0.2; ///< checkpoints are chosen by these
    double locked = 0.15;    ///< never train, never choose
};

/// Which labelled images train, choose the checkpoint, and judge.
struct FineTuneSplit
{
    std::vector<ImageId> train;
    std::vector<ImageId> validation;
    std::vector<ImageId> locked;         ///< of the project's splits "locked" and "test"
    std::vector<ImageId> barred;         ///< labelled, but rejected, unsure or contested
    std::vector<ImageId> alikeLocked;    ///< would train, but show the scene of a locked case
    std::map<ImageId, QString> proposed; ///< splits that the project does not have yet

    [[nodiscard]] bool isPossible() const { return !train.empty() && !validation.empty(); }
};

/// Images of one group, and images that are alike, stay together. What the project says already
/// stays as it is; the rest is drawn by seed until the shares are met over all labelled images, the
/// locked set first. Fewer than ten labelled images get no locked set: it would tell nothing and
/// take what is needed most. Equal cases give equal splits on every machine.
[[nodiscard]] FineTuneSplit proposeSplit(
    const std::vector<FineTuneCase>& cases,
    const std::vector<AlikePair>& alike,
    const SplitShares& shares = {},
    std::uint64_t seed = 42);

/// Why these images cannot be trained on, in words; empty where they can.
[[nodiscard]] QString reasonAgainst(const FineTuneSplit& split);

/// How long a training goes on.
enum class Effort { Quick, Balanced, Thorough };

inline constexpr std::array<Effort, 3> kEfforts{Effort::Quick, Effort::Balanced, Effort::Thorough};

/// What the user chose, or left as it was.
struct FineTuneOptions
{
    TrainableModel model;
    UpdateScope scope = UpdateScope::Network;
    Effort effort = Effort::Balanced;
    int epochs = 0;       ///< 0: as the effort says
    QString augmentation; ///< preset; empty: as the model was trained
    bool usesGuides = true;
    double guideWeight = 1;  ///< of what was painted, against what the masks say
    int batchSize = 0;       ///< 0: as the recipe says
    int imageSize = 0;       ///< 0: as the model was trained
    int threads = 0;         ///< 0: all
    int classes = 1;         ///< of the labels, without background
    double learningRate = 0; ///< 0: as the recipe says
    QString device = QStringLiteral("auto");
    QStringList settings; ///< more "path.key=value", applied last

    /// Images of a step.
    [[nodiscard]] int effectiveBatch() const;

    friend bool operator==(const FineTuneOptions&, const FineTuneOptions&) = default;
};

/// Passes over the training images: few images are seen more often.
[[nodiscard]] int epochsOf(const FineTuneOptions& options, Effort effort, int trainImages);

/// Optimizer steps of a training.
[[nodiscard]] std::int64_t stepsOf(const FineTuneOptions& options, Effort effort, int trainImages);

/// The job over frozen data in `data` (training_folder.h). `hasGuides`: corrected guides were
/// written there.
[[nodiscard]] protocol::TrainSpec specOf(
    const FineTuneOptions& options,
    const std::filesystem::path& data,
    int trainImages,
    bool hasGuides);

} // namespace guidino::ui
