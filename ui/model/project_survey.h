// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/ids.h"
#include "core/project/project_types.h"
#include "ui/model/image_entry.h"
#include "ui/model/label_files.h"

#include <QByteArray>
#include <QObject>
#include <QThreadPool>

#include <memory>
#include <vector>

namespace guidino::ui {

/// What the survey asks of one image.
struct SurveyItem
{
    ImageId image;
    std::filesystem::path file;
    bool wantsContent = false; ///< hash and size
    bool wantsMask = false;    ///< its mask, to be imported
    LabelSource source;
};

/// What it found. Only what was asked for is set.
struct SurveyFinding
{
    ImageId image;
    bool isMissing = false;
    QString sha256;
    Size size;
    QByteArray labels;                 ///< of the mask, encoded; empty: none, or it cannot be used
    std::vector<std::uint8_t> classes; ///< values in them, without 0
};

/// Looks into the files of a project in the background, one after another: which are missing, then
/// their hashes and sizes, then the masks that are still to be imported. Nothing waits for it.
/// GUI thread only.
class ProjectSurvey : public QObject
{
    Q_OBJECT

public:
    explicit ProjectSurvey(QObject* parent = nullptr);
    ~ProjectSurvey() override;

    /// Stops what runs and begins anew.
    void start(std::vector<SurveyItem> items);
    void stop();

    [[nodiscard]] bool isRunning() const { return m_isRunning; }

Q_SIGNALS:
    /// Ids of the images whose files are not there; once, early.
    void missingFound(const std::vector<guidino::ImageId>& missing);
    /// Some more images were looked at.
    void found(const std::vector<guidino::ui::SurveyFinding>& findings);
    void finished();

private:
    QThreadPool m_pool;
    CancelToken m_cancel;
    bool m_isRunning = false;
};

} // namespace guidino::ui
