// SPDX-License-Identifier: Apache-2.0
#include "ui/model/image_list_model.h"

#include "ui/model/afterwards.h"
#include "ui/model/thumbnail.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <iterator>
#include <utility>

namespace guidino::ui {

namespace {

constexpr int kCacheKib = 64 * 1024;
constexpr int kMaxRunning = 2;
/// Requests of rows that were scrolled past are forgotten; the view asks again when it is back.
constexpr std::size_t kMaxWanted = 64;

QImage makeThumbnail(const std::filesystem::path& file)
{
    constexpr int side = ImageListModel::kThumbnailSide;
    QImage thumbnail = thumbnailOf(file, side);
    if (thumbnail.isNull()) {
        // A grey square: the file will say more when it is opened.
        thumbnail = QImage(side, side, QImage::Format_RGB32);
        thumbnail.fill(QColor(96, 96, 96));
    }
    return thumbnail;
}

} // namespace

ImageListModel::ImageListModel(QObject* parent)
    : QAbstractListModel(parent)
    , m_thumbnails(kCacheKib)
{
    m_pool.setMaxThreadCount(kMaxRunning);
    m_pool.setThreadPriority(QThread::LowPriority);
}

ImageListModel::~ImageListModel()
{
    m_pool.clear();
    m_pool.waitForDone();
}

int ImageListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant ImageListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const ImageEntry& item = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return item.stem;
    case Qt::ToolTipRole:
        return item.problem.isEmpty() && !item.isMissing ? item.name
               : item.isMissing
                   ? item.name + QLatin1Char('\n') + tr("The file is not where it was.")
                   : item.name + QLatin1Char('\n') + item.problem;
    case Qt::AccessibleTextRole: {
        QStringList states;
        if (item.isLabelled) {
            states << tr("labelled");
        }
        if (item.isEdited) {
            states << tr("edited");
        }
        if (item.isPredicted) {
            states << (item.isStale ? tr("predicted by another model") : tr("predicted"));
        }
        if (item.hasGuideCorrection) {
            states << tr("guide corrected");
        }
        if (item.isMissing) {
            states << tr("file missing");
        }
        if (item.verdict) {
            states
                << (*item.verdict == project::Verdict::Accepted   ? tr("accepted")
                    : *item.verdict == project::Verdict::Rejected ? tr("rejected")
                                                                  : tr("unsure"));
        }
        states << item.tags;
        return states.isEmpty() ? item.stem
                                : tr("%1: %2").arg(item.stem, states.join(QLatin1String(", ")));
    }
    case ThumbnailRole: {
        const QImage* thumbnail = m_thumbnails.object(item.id.value);
        if (thumbnail == nullptr && item.isMissing) {
            return QImage();
        }
        if (thumbnail == nullptr) {
            request(item.id);
            return QImage();
        }
        return *thumbnail;
    }
    case LabelledRole:
        return item.isLabelled;
    case EditedRole:
        return item.isEdited;
    case PredictedRole:
        return item.isPredicted;
    case GuideCorrectionRole:
        return item.hasGuideCorrection;
    case ProblemRole:
        return item.problem;
    case SplitRole:
        return item.split;
    case RowRole:
        return index.row();
    case CurrentRole:
        return index.row() == m_currentRow;
    default:
        return {};
    }
}

void ImageListModel::setEntries(std::vector<ImageEntry> entries)
{
    beginResetModel();
    ++m_generation;
    m_wanted.clear();
    m_thumbnails.clear();
    m_entries = std::move(entries);
    m_currentRow = -1;
    endResetModel();
}

void ImageListModel::append(std::vector<ImageEntry> entries)
{
    if (entries.empty()) {
        return;
    }
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(entries.size()) - 1);
    std::move(entries.begin(), entries.end(), std::back_inserter(m_entries));
    endInsertRows();
}

int ImageListModel::rowOf(ImageId id) const
{
    // Rows are in the order of ids.
    const auto found = std::lower_bound(
        m_entries.begin(), m_entries.end(), id, [](const ImageEntry& item, ImageId wanted) {
            return item.id < wanted;
        });
    return found != m_entries.end() && found->id == id ? static_cast<int>(found - m_entries.begin())
                                                       : -1;
}

void ImageListModel::setCurrentRow(int row)
{
    const int before = std::exchange(m_currentRow, row);
    for (const int changed : {before, row}) {
        if (changed >= 0 && changed < rowCount()) {
            Q_EMIT dataChanged(index(changed), index(changed), {CurrentRole});
        }
    }
}

void ImageListModel::request(ImageId id) const
{
    std::erase(m_wanted, id);
    m_wanted.push_back(id);
    if (m_wanted.size() > kMaxWanted) {
        m_wanted.erase(m_wanted.begin());
    }
    startNext();
}

void ImageListModel::startNext() const
{
    while (m_running < kMaxRunning && !m_wanted.empty()) {
        const ImageId id = m_wanted.back();
        m_wanted.pop_back();
        const int row = rowOf(id);
        if (row < 0) {
            continue;
        }
        ++m_running;
        const int generation = m_generation;
        // The model's data() is const, the cache that it fills is not part of its value.
        auto* self =
            const_cast<ImageListModel*>(this); // NOLINT(cppcoreguidelines-pro-type-const-cast)
        afterwards(
            QtConcurrent::run(&m_pool, makeThumbnail, entry(row).image),
            self,
            [self, id, generation](const QImage& thumbnail) {
                --self->m_running;
                const int now = self->rowOf(id);
                if (generation == self->m_generation && now >= 0) {
                    self->m_thumbnails.insert(
                        id.value,
                        new QImage(thumbnail),
                        std::max<int>(1, static_cast<int>(thumbnail.sizeInBytes() / 1024)));
                    Q_EMIT self->dataChanged(self->index(now), self->index(now), {ThumbnailRole});
                }
                self->startNext();
            });
    }
}

} // namespace guidino::ui
