// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QListView>

namespace guidino::ui {

class ModelTimeLine;
class Theme;

/// The models in a row, oldest at the left: name, where each stands, its scores, and which are A
/// and B. A click (or Return) takes a model as B, with Shift as A; the context menu says the same
/// in words.
class ModelTimeLineView : public QListView
{
    Q_OBJECT

public:
    ModelTimeLineView(ModelTimeLine& line, Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// Of the context menu.
    void adoptRequested(const QString& sha256);
    void retireRequested(const QString& sha256, bool isRetired);
    void folderRequested(const QString& sha256);

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void choose(const QModelIndex& index, bool isA);

    ModelTimeLine& m_line;
};

} // namespace guidino::ui
