// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/comparison_controller.h"

#include <QAbstractTableModel>
#include <QColor>
#include <QString>

#include <optional>

namespace guidino::ui {

/// The rows of a comparison as a table: DSC and HD95 of both models and their changes. Sorts by a
/// proxy on SortRole; images without a score come last in either direction. GUI thread only.
class ComparisonTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Image, DscA, DscB, DscChange, Hd95A, Hd95B, Hd95Change, ColumnCount };

    enum Role {
        SortRole = Qt::UserRole, ///< a number; invalid: no score
        ImageIdRole,             ///< qint64
        RowRole,                 ///< in the controller
        IsLeftOutRole,           ///< does not count
    };

    explicit ComparisonTable(ComparisonController& controller, QObject* parent = nullptr);

    /// Names of the models for the header.
    void setNames(const QString& a, const QString& b);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant
    headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Colours of gains and losses, of the theme.
    void setColors(const QColor& better, const QColor& worse);

private:
    [[nodiscard]] std::optional<double>
    valueOf(const ComparisonController::Row& row, int column) const;
    [[nodiscard]] QString noteOf(const ComparisonController::Row& row) const;

    ComparisonController& m_controller;
    QString m_a;
    QString m_b;
    QColor m_better;
    QColor m_worse;
};

} // namespace guidino::ui
