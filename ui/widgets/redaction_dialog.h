// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/project/redaction.h"
#include "ui/canvas/review_view.h"

#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>

namespace guidino::ui {

class DatasetController;
class ProjectController;

/// Black boxes over burned-in identifiers, for all images or for one.
class RedactionDialog : public QDialog
{
    Q_OBJECT

public:
    RedactionDialog(
        ProjectController& project, DatasetController& dataset, QWidget* parent = nullptr);

    [[nodiscard]] ReviewView& view() { return *m_view; }

private:
    void load();
    void add(const QRectF& region);
    void removeLast();
    void store(const project::RedactionRegions& regions);
    [[nodiscard]] project::RedactionRegions& regions();

    ProjectController& m_project;
    DatasetController& m_dataset;
    ReviewView* m_view;
    QRadioButton* m_all;
    QRadioButton* m_one;
    QLabel* m_state;
    QPushButton* m_remove;
    ImageId m_image;
    project::RedactionRegions m_ofProject;
    project::RedactionRegions m_ofImage;
};

} // namespace guidino::ui
