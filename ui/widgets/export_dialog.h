// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/export_job.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>

namespace guidino::ui {

class ExportController;
class PathField;
class ProjectController;

/// What leaves the project, counted before it is written.
class ExportDialog : public QDialog
{
    Q_OBJECT

public:
    /// `shown`: the image on the canvas, for "this image only"; invalid: none.
    ExportDialog(
        ExportController& controller,
        ProjectController& project,
        ImageId shown,
        const QString& program,
        QWidget* parent = nullptr);

    void reject() override;

private:
    [[nodiscard]] ExportRequest request() const;
    void plan();
    void showPlan(const Result<ExportPlan>& plan);
    void showEnd(const Result<ExportPlan>& result, const QString& folder);
    void refresh();

    ExportController& m_controller;
    ProjectController& m_project;
    ImageId m_shown;
    QString m_program;
    QComboBox* m_selection;
    QCheckBox* m_masks;
    QComboBox* m_labels;
    QComboBox* m_form;
    QCheckBox* m_images;
    QCheckBox* m_report;
    QComboBox* m_compare;
    QCheckBox* m_ownCases;
    QSpinBox* m_worst;
    QCheckBox* m_pdf;
    QCheckBox* m_names;
    PathField* m_folder;
    QLabel* m_plan;
    QProgressBar* m_progress;
    QPushButton* m_start;
    QPushButton* m_open;
    QPushButton* m_close;
    QStringList m_readers;
    QString m_made; ///< folder of the last export
    QTimer m_planSoon;
};

} // namespace guidino::ui
