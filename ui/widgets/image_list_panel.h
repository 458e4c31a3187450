// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QSortFilterProxyModel>
#include <QWidget>

namespace guidino::ui {

class ImageListModel;
class Theme;

/// The images of the data set with thumbnails and states, and a filter by name and state.
class ImageListPanel : public QWidget
{
    Q_OBJECT

public:
    ImageListPanel(ImageListModel& images, Theme& theme, QWidget* parent = nullptr);

    /// Scrolls to the image that is shown.
    void followCurrent();

    void focusSearch();

Q_SIGNALS:
    void rowChosen(int row);

private:
    void refreshCount();

    ImageListModel& m_images;
    QSortFilterProxyModel* m_filter;
    QLineEdit* m_search;
    QComboBox* m_states;
    QListView* m_list;
    QLabel* m_count;
};

} // namespace guidino::ui
