// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/run_folder.h"
#include "ui/model/run_curves.h"

#include <QCache>
#include <QHash>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QString>
#include <QThreadPool>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace guidino::ui {

/// The pictures of a run's pinned cases, read in the background and kept in a bounded cache, and
/// what was measured on them (previews/scores.csv). GUI thread only.
class RunPreviewStore : public QObject
{
    Q_OBJECT

public:
    struct Score
    {
        std::optional<double> dsc;
        std::optional<double> iou;
        std::optional<double> hd95;
    };

    explicit RunPreviewStore(QObject* parent = nullptr);
    ~RunPreviewStore() override;

    void open(const std::filesystem::path& runFolder);

    /// Takes over what the messages say; reads new scores.
    void follow(const QList<RunPreviews>& previews);

    /// Cases in the order in which they were first shown.
    [[nodiscard]] const QList<RunPreviews>& cases() const { return m_cases; }

    /// All epochs with a picture of any case, rising.
    [[nodiscard]] const std::vector<std::int64_t>& epochs() const { return m_epochs; }

    /// The picture of that epoch, else of the last before it; null while it is read (ready()
    /// follows) and where there is none.
    [[nodiscard]] QImage picture(const RunPreviews& of, std::int64_t epoch);

    /// The epoch whose picture is shown at `epoch`; nothing before the first.
    [[nodiscard]] static std::optional<std::int64_t>
    shownEpoch(const RunPreviews& of, std::int64_t epoch);

    [[nodiscard]] std::optional<Score> score(const QString& image, std::int64_t epoch) const;

Q_SIGNALS:
    /// A picture that was asked for is there.
    void ready();
    /// Cases or epochs came.
    void changed();

private:
    void readScores();

    std::filesystem::path m_folder;
    QList<RunPreviews> m_cases;
    std::vector<std::int64_t> m_epochs;
    QCache<QString, QImage> m_pictures;
    QSet<QString> m_wanted;
    QHash<QString, QHash<std::int64_t, Score>> m_scores; ///< by case and epoch
    std::optional<protocol::LineTail> m_scoreTail;
    QThreadPool m_pool;
};

/// The halves of a picture of a case: image with outlines, and guide (null where there is none).
struct PreviewHalves
{
    QImage outlined;
    QImage guide;
};

[[nodiscard]] PreviewHalves halvesOf(const QImage& picture);

} // namespace guidino::ui
