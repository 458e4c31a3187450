// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "ui/model/label_class.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPoint>
#include <QSortFilterProxyModel>
#include <QStringListModel>
#include <QTimer>
#include <QWidget>

#include <vector>

namespace guidino::ui {

class ImageListModel;
class Theme;

/// The images of the project with thumbnails and states, a search and a filter by state.
class ImageListPanel : public QWidget
{
    Q_OBJECT

public:
    ImageListPanel(ImageListModel& images, Theme& theme, QWidget* parent = nullptr);

    /// Scrolls to the image that is shown.
    void followCurrent();

    void focusSearch();

    /// What the search field completes.
    void setVocabulary(const LabelClasses& classes, const QStringList& tags);

    /// Shows the images that a search finds (see ImageSearch).
    void setSearch(const QString& text);

    /// Ascending.
    [[nodiscard]] std::vector<ImageId> selectedIds() const;

    /// Those that search and filter leave, in the order of the list.
    [[nodiscard]] std::vector<ImageId> listedIds() const;

Q_SIGNALS:
    void rowChosen(int row);
    /// A menu for the selected images is asked for there.
    void contextRequested(QPoint globalPosition);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void applyFilter();
    void refreshCount();

    ImageListModel& m_images;
    QSortFilterProxyModel* m_filter;
    QLineEdit* m_search;
    QStringListModel* m_words;
    QComboBox* m_states;
    QListView* m_list;
    QLabel* m_count;
    QTimer m_countTimer;
    LabelClasses m_classes;
};

} // namespace guidino::ui
