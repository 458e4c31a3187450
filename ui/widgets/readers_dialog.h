// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/project/reader_package.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>

namespace guidino::ui {

class PathField;
class ProjectController;
class ReadersController;
class ReviewController;

/// Split for readers and merge: a blinded package out, its work back, and what does not agree.
class ReadersDialog : public QDialog
{
    Q_OBJECT

public:
    ReadersDialog(
        ReadersController& controller,
        ProjectController& project,
        ReviewController& review,
        QWidget* parent = nullptr);

    void reject() override;

Q_SIGNALS:
    void compareRequested();

private:
    QWidget* makeSplit();
    QWidget* makeMerge();
    void pack();
    void showPacked(const Result<project::ReaderPackageOutcome>& outcome, const QString& file);
    void showMerged(const Result<project::MergeOutcome>& outcome);
    void refresh();

    ReadersController& m_controller;
    ProjectController& m_project;
    ReviewController& m_review;
    QLineEdit* m_reader;
    QComboBox* m_selection;
    QCheckBox* m_predictions;
    PathField* m_target;
    QPushButton* m_pack;
    PathField* m_source;
    QPushButton* m_merge;
    QLabel* m_result;
    QTableWidget* m_conflicts;
    QProgressBar* m_progress;
    QPushButton* m_compare;
    QPushButton* m_close;
};

} // namespace guidino::ui
