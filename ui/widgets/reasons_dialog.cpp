// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/reasons_dialog.h"

#include "ui/model/review_controller.h"
#include "ui/model/review_text.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace guidino::ui {

ReasonsDialog::ReasonsDialog(ReviewController& review, QWidget* parent)
    : QDialog(parent)
    , m_review(review)
{
    setObjectName(QStringLiteral("reasonsDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Reasons of decisions"));
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    auto* text = new QLabel(
        tr("A digit gives the next decision its reason. Empty ones are not offered; decisions that "
           "were made keep their words."),
        this);
    text->setWordWrap(true);
    layout->addWidget(text);
    auto* form = new QFormLayout;
    constexpr int kLongest = 60; // a chip and a column of the audit trail hold it
    for (int digit = 1; digit <= 9; ++digit) {
        auto* field = new QLineEdit(this);
        field->setObjectName(QStringLiteral("reasonText%1").arg(digit));
        field->setAccessibleName(tr("Reason %1").arg(digit));
        field->setMaxLength(kLongest);
        form->addRow(QString::number(digit), field);
        m_fields.append(field);
    }
    layout->addLayout(form);
    auto* buttons = new QDialogButtonBox(
        QDialogButtonBox::Save | QDialogButtonBox::Cancel | QDialogButtonBox::RestoreDefaults,
        this);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        QStringList texts;
        for (const QLineEdit* field : std::as_const(m_fields)) {
            texts.append(field->text().simplified());
        }
        m_review.setReasonTexts(texts);
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(
        buttons->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, this, [this] {
            fill(ReviewText::defaultReasons());
        });
    fill(review.reasonTexts());
    resize(420, sizeHint().height());
}

void ReasonsDialog::fill(const QStringList& texts)
{
    for (qsizetype i = 0; i < m_fields.size(); ++i) {
        m_fields[i]->setText(texts.value(i));
    }
}

} // namespace guidino::ui
