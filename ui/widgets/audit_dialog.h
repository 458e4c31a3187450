// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/audit_trail.h"

#include <QDialog>
#include <QLabel>
#include <QTableView>

namespace guidino::ui {

class ProjectController;
class Theme;

/// Every decision with its place in the chain, and whether the chain holds.
class AuditDialog : public QDialog
{
    Q_OBJECT

public:
    AuditDialog(ProjectController& project, Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] const AuditTrail& trail() const { return *m_trail; }

    /// Reads and verifies anew.
    void verify();

private:
    void save();

    ProjectController& m_project;
    Theme& m_theme;
    AuditTrail* m_trail;
    QLabel* m_icon;
    QLabel* m_verdict;
    QTableView* m_table;
};

} // namespace guidino::ui
