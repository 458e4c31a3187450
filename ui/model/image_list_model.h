// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/image_entry.h"

#include <QAbstractListModel>
#include <QCache>
#include <QImage>
#include <QThreadPool>

#include <algorithm>
#include <vector>

namespace guidino::ui {

/// The images of the opened data set. Thumbnails are made in the background when a view asks for
/// them, the latest asked for first, and kept in a bounded cache. GUI thread only.
class ImageListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        ThumbnailRole = Qt::UserRole, ///< QImage; null while it is being made
        LabelledRole,                 ///< bool
        EditedRole,                   ///< bool
        PredictedRole,                ///< bool
        ProblemRole,                  ///< QString
        SplitRole,                    ///< QString
        CurrentRole,                  ///< bool
        GuideCorrectionRole,          ///< bool
        RowRole,                      ///< int: the row here, whatever a filter shows
    };

    /// Longer side of a thumbnail, in pixels.
    static constexpr int kThumbnailSide = 96;

    explicit ImageListModel(QObject* parent = nullptr);
    ~ImageListModel() override;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    void setEntries(std::vector<ImageEntry> entries);

    [[nodiscard]] const std::vector<ImageEntry>& entries() const { return m_entries; }

    [[nodiscard]] const ImageEntry& entry(int row) const
    {
        return m_entries[static_cast<std::size_t>(row)];
    }

    /// -1 where there is none.
    [[nodiscard]] int rowOf(ImageId id) const;

    /// Changes what `change` changes and tells the views.
    template<typename Change>
    void update(int row, const Change& change)
    {
        change(m_entries[static_cast<std::size_t>(row)]);
        const QModelIndex changed = index(row);
        Q_EMIT dataChanged(changed, changed);
    }

    /// The same for several rows, told once.
    template<typename Change>
    void updateAll(const std::vector<ImageId>& ids, const Change& change)
    {
        int first = rowCount();
        int last = -1;
        for (const ImageId id : ids) {
            if (const int row = rowOf(id); row >= 0) {
                change(m_entries[static_cast<std::size_t>(row)]);
                first = std::min(first, row);
                last = std::max(last, row);
            }
        }
        if (last >= 0) {
            Q_EMIT dataChanged(index(first), index(last));
        }
    }

    /// More images at the end; their ids are above all that are there.
    void append(std::vector<ImageEntry> entries);

    void setCurrentRow(int row);

    [[nodiscard]] int currentRow() const { return m_currentRow; }

private:
    void request(ImageId id) const;
    void startNext() const;

    std::vector<ImageEntry> m_entries;
    int m_currentRow = -1;
    int m_generation = 0; // thumbnails of an earlier data set are dropped
    mutable QCache<qint64, QImage> m_thumbnails;
    mutable std::vector<ImageId> m_wanted;
    mutable int m_running = 0;
    mutable QThreadPool m_pool;
};

} // namespace guidino::ui
