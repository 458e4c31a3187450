// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QModelIndex>
#include <QStyledItemDelegate>

namespace guidino::ui {

class Theme;

/// A job in the list: a shape for its state, name, state in words, a bar while it runs, and what is
/// proposed as a button.
class JobRow : public QStyledItemDelegate
{
    Q_OBJECT

public:
    JobRow(Theme& theme, QObject* parent);

    [[nodiscard]] QSize
    sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override;

    /// Where the proposal's button stands in a row; empty where nothing is proposed.
    [[nodiscard]] static QRect buttonOf(const QRect& row, const QString& text, const QFont& font);

Q_SIGNALS:
    void proposalClicked(const QModelIndex& index);

protected:
    bool editorEvent(
        QEvent* event,
        QAbstractItemModel* model,
        const QStyleOptionViewItem& option,
        const QModelIndex& index) override;

private:
    void paintShape(QPainter& painter, const QRectF& place, int state) const;

    Theme& m_theme;
};

} // namespace guidino::ui
