// SPDX-License-Identifier: Apache-2.0
#include "ui/model/comparison_table.h"

#include "ui/model/comparison_text.h"

#include <QBrush>

namespace guidino::ui {

ComparisonTable::ComparisonTable(ComparisonController& controller, QObject* parent)
    : QAbstractTableModel(parent)
    , m_controller(controller)
{
    connect(&controller, &ComparisonController::rowsReset, this, [this] {
        beginResetModel();
        endResetModel();
    });
    connect(&controller, &ComparisonController::rowChanged, this, [this](int row) {
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
    });
}

void ComparisonTable::setNames(const QString& a, const QString& b)
{
    m_a = a;
    m_b = b;
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

void ComparisonTable::setColors(const QColor& better, const QColor& worse)
{
    m_better = better;
    m_worse = worse;
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

int ComparisonTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_controller.rows().size());
}

int ComparisonTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

std::optional<double>
ComparisonTable::valueOf(const ComparisonController::Row& row, int column) const
{
    const auto of = [](const std::optional<report::CaseScore>& score, bool isDsc) {
        return score ? std::optional(isDsc ? score->dsc : score->hd95) : std::nullopt;
    };
    switch (column) {
    case DscA:
        return of(row.score.a, true);
    case DscB:
        return of(row.score.b, true);
    case DscChange:
        return row.score.dscChange();
    case Hd95A:
        return of(row.score.a, false);
    case Hd95B:
        return of(row.score.b, false);
    case Hd95Change:
        return row.score.hd95Change();
    default:
        return std::nullopt;
    }
}

QString ComparisonTable::noteOf(const ComparisonController::Row& row) const
{
    if (row.score.isFromModel) {
        return m_controller.countsOwnCases()
                   ? tr("Its reference began as a prediction of one of these models or of one that "
                        "it descends from.")
                   : tr(
                       "Does not count: its reference began as a prediction of one of these models "
                       "or of one that it descends from.");
    }
    if (row.hasFailedA || row.hasFailedB) {
        return tr("Could not be predicted or read.");
    }
    return {};
}

QVariant ComparisonTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const ComparisonController::Row& row =
        m_controller.rows()[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    const std::optional<double> value = valueOf(row, column);
    const bool isLeftOut = row.score.isFromModel && !m_controller.countsOwnCases();
    switch (role) {
    case ImageIdRole:
        return QVariant::fromValue(static_cast<qint64>(row.image.value));
    case RowRole:
        return index.row();
    case IsLeftOutRole:
        return isLeftOut;
    case SortRole:
        if (column == Image) {
            return QString::fromStdString(row.score.name);
        }
        return value ? QVariant(*value) : QVariant();
    case Qt::ToolTipRole:
        return noteOf(row);
    case Qt::TextAlignmentRole:
        return static_cast<int>(
            column == Image ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ForegroundRole: {
        const bool isChange = column == DscChange || column == Hd95Change;
        if (!isChange || !value || isLeftOut) {
            return {};
        }
        const double gain = column == DscChange ? *value : -*value;
        const double least = column == DscChange ? 0.0005 : 0.05; // what is shown as nothing
        return gain >= least    ? QVariant(QBrush(m_better))
               : gain <= -least ? QVariant(QBrush(m_worse))
                                : QVariant();
    }
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    if (column == Image) {
        const QString name = QString::fromStdString(row.score.name);
        return isLeftOut ? tr("%1 (left out)").arg(name) : name;
    }
    if (!value) {
        return row.hasFailedA || row.hasFailedB ? tr("failed") : QStringLiteral("…");
    }
    switch (column) {
    case DscChange:
        return ComparisonText::change(*value);
    case Hd95Change:
        return ComparisonText::change(*value, 1);
    case Hd95A:
    case Hd95B:
        return ComparisonText::number(*value, 1);
    default:
        return ComparisonText::number(*value);
    }
}

QVariant ComparisonTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case DscA:
        case Hd95A:
            return m_a;
        case DscB:
        case Hd95B:
            return m_b;
        case DscChange:
            return tr("DSC of %1 − DSC of %2: above 0 is better").arg(m_b, m_a);
        case Hd95Change:
            return tr("HD95 of %1 − HD95 of %2, in pixels: below 0 is better").arg(m_b, m_a);
        default:
            return {};
        }
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>(
            section == Image ? Qt::AlignLeft | Qt::AlignVCenter
                             : Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Image:
        return tr("Image");
    case DscA:
        return tr("DSC A");
    case DscB:
        return tr("DSC B");
    case DscChange:
        return tr("ΔDSC");
    case Hd95A:
        return tr("HD95 A");
    case Hd95B:
        return tr("HD95 B");
    case Hd95Change:
        return tr("ΔHD95");
    default:
        return {};
    }
}

} // namespace guidino::ui
