// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"

#include <QAbstractListModel>
#include <QListView>

#include <vector>

namespace guidino::ui {

class CasePictures;
class ComparisonController;
class Theme;

/// Rows of a comparison for a strip of pictures, in the order of their change of DSC, the worst
/// first, or only some of them.
class CaseStripModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        RowRole = Qt::UserRole, ///< of the controller
        ImageIdRole,            ///< qint64
        FiguresRole,            ///< text
    };

    explicit CaseStripModel(ComparisonController& comparison, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    /// Sorts anew.
    void refresh();

    /// Only images that lose more than the gate's limit.
    void setOffendersOnly(bool isOn);

private:
    ComparisonController& m_comparison;
    std::vector<int> m_order;
    bool m_isOffendersOnly = false;
};

/// A strip of pictures for each image: as it is, its reference, what both models say and, where
/// they have one, their guides. Pictures are made as they come into sight.
class CaseStrip : public QListView
{
    Q_OBJECT

public:
    CaseStrip(
        ComparisonController& comparison,
        CasePictures& pictures,
        Theme& theme,
        QWidget* parent = nullptr);

    /// Names of the models, for the captions.
    void setNames(const QString& a, const QString& b);

    /// What to do for rows to appear, while there is none; empty: nothing is said.
    void setHint(const QString& hint);

    [[nodiscard]] const QString& hint() const { return m_hint; }

    [[nodiscard]] CaseStripModel& rows() { return *m_rows; }

Q_SIGNALS:
    void imageChosen(guidino::ImageId image);
    void imageActivated(guidino::ImageId image);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    class Delegate;

    Theme& m_theme;
    QString m_hint;
    CaseStripModel* m_rows;
    Delegate* m_delegate;
};

} // namespace guidino::ui
