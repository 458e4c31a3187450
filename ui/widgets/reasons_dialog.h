// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QLineEdit>
#include <QList>

namespace guidino::ui {

class ReviewController;

/// The texts of the reasons that the digits 1 to 9 give a decision, edited for the project. An
/// empty one is not offered. Decisions that were made keep the words they were made with.
class ReasonsDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ReasonsDialog(ReviewController& review, QWidget* parent = nullptr);

    [[nodiscard]] QLineEdit& field(int digit) { return *m_fields[digit - 1]; }

private:
    void fill(const QStringList& texts);

    ReviewController& m_review;
    QList<QLineEdit*> m_fields;
};

} // namespace guidino::ui
