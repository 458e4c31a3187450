// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QModelIndex>
#include <QStyledItemDelegate>

namespace guidino::ui {

class Theme;

/// A job in the list: a shape for its state, name, state in words, a bar while it runs, and buttons
/// for its curves and for what is proposed.
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

    /// Where the button to a training's curves stands, left of the proposal's; empty where there is
    /// none, or no room.
    [[nodiscard]] static QRect dashboardButtonOf(
        const QRect& row, const QString& proposal, const QString& text, const QFont& font);

Q_SIGNALS:
    void proposalClicked(const QModelIndex& index);
    void dashboardClicked(const QModelIndex& index);

protected:
    bool editorEvent(
        QEvent* event,
        QAbstractItemModel* model,
        const QStyleOptionViewItem& option,
        const QModelIndex& index) override;

private:
    void paintShape(QPainter& painter, const QRectF& place, int state) const;
    void paintButton(
        QPainter& painter,
        const QRect& place,
        const QString& text,
        const QStyleOptionViewItem& option) const;

    Theme& m_theme;
};

} // namespace guidino::ui
