// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/label_map.h"
#include "core/base/result.h"

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <filesystem>

namespace guidino::ui {

/// Keeps labels that are in no mask file yet in files of its own, so that a crash costs nothing. A
/// file for each image, below a folder for each data set. Writing happens on one background thread
/// in the order of the calls; the label maps are handed over as snapshots. GUI thread only.
class RecoveryStore : public QObject
{
    Q_OBJECT

public:
    /// `folder` is made when it is needed.
    explicit RecoveryStore(std::filesystem::path folder, QObject* parent = nullptr);
    /// Ends what is queued before it returns.
    ~RecoveryStore() override;

    /// From now on files belong to this data set.
    void open(const std::filesystem::path& dataset);

    /// Queues writing; written() or failed() follows.
    void write(const QString& image, const LabelMap& labels);
    void remove(const QString& image);

    /// Where the labels of an image are kept, whether there is a file or not.
    [[nodiscard]] std::filesystem::path fileOf(const QString& image) const;

    /// Waits for what is queued: for the end of the program and for tests.
    void flush();

Q_SIGNALS:
    void written(const QString& image);
    void failed(const guidino::Error& error);

private:
    std::filesystem::path m_folder;
    std::filesystem::path m_dataset;
    QThreadPool m_pool;
};

} // namespace guidino::ui
