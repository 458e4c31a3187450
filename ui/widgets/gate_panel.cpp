// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/gate_panel.h"

#include "ui/model/adoption_gate.h"
#include "ui/model/model_time_line.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace guidino::ui {

GatePanel::GatePanel(
    AdoptionGate& gate,
    ComparisonController& comparison,
    CasePictures& pictures,
    ModelTimeLine& line,
    Theme& theme,
    QWidget* parent)
    : QWidget(parent)
    , m_gate(gate)
    , m_line(line)
    , m_title(new QLabel(this))
    , m_explanation(new QLabel(this))
    , m_offenders(new CaseStrip(comparison, pictures, theme, this))
    , m_reason(new QLineEdit(this))
    , m_adopt(new QPushButton(tr("Adopt all the same"), this))
    , m_problem(new QLabel(this))
{
    setObjectName(QStringLiteral("gatePanel"));
    m_title->setProperty("role", QStringLiteral("title"));
    m_explanation->setObjectName(QStringLiteral("gateExplanation"));
    m_explanation->setWordWrap(true);
    m_offenders->setObjectName(QStringLiteral("offenders"));
    m_offenders->setAccessibleName(tr("Locked images that lose more than the limit"));
    m_offenders->rows().setOffendersOnly(true);
    m_reason->setObjectName(QStringLiteral("overrideReason"));
    m_reason->setAccessibleName(tr("Reason"));
    m_reason->setPlaceholderText(tr("Why is it to be used all the same? Kept in the audit trail."));
    m_adopt->setObjectName(QStringLiteral("adoptAnyway"));
    auto* leave = new QPushButton(tr("Leave the model as it is"), this);
    leave->setObjectName(QStringLiteral("leaveModel"));
    leave->setProperty("primary", true);
    m_problem->setProperty("role", QStringLiteral("muted"));
    m_problem->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_explanation);
    layout->addWidget(m_offenders, 1);
    layout->addWidget(m_reason);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_problem, 1);
    buttons->addWidget(m_adopt);
    buttons->addWidget(leave);
    layout->addLayout(buttons);
    layout->addStretch(0);
    connect(m_reason, &QLineEdit::textChanged, this, &GatePanel::refresh);
    connect(m_reason, &QLineEdit::returnPressed, this, &GatePanel::adopt);
    connect(m_adopt, &QPushButton::clicked, this, &GatePanel::adopt);
    connect(leave, &QPushButton::clicked, &gate, &AdoptionGate::dismiss);
    connect(m_offenders, &CaseStrip::imageChosen, this, &GatePanel::imageChosen);
    connect(m_offenders, &CaseStrip::imageActivated, this, &GatePanel::imageActivated);
    connect(&gate, &AdoptionGate::refused, this, [this] {
        m_reason->clear();
        m_problem->clear();
        m_offenders->rows().refresh();
        refresh();
    });
    refresh();
}

void GatePanel::refresh()
{
    m_title->setText(tr("%1 was not adopted").arg(m_line.nameOf(m_gate.candidate())));
    m_explanation->setText(m_gate.explanation());
    m_offenders->setVisible(!m_gate.offenders().empty());
    const bool hasReason = !m_reason->text().trimmed().isEmpty();
    m_adopt->setEnabled(hasReason);
    m_adopt->setToolTip(
        hasReason ? tr("Makes it current; the reason is kept in the audit trail. Can be undone")
                  : tr("Say why first: the reason is kept in the audit trail."));
}

void GatePanel::adopt()
{
    if (!m_adopt->isEnabled()) {
        return;
    }
    const Status status = m_gate.adoptAnyway(m_reason->text());
    m_problem->setText(status ? QString() : sentenceFor(status.error().code));
    m_problem->setToolTip(status ? QString() : QString::fromStdString(status.error().message));
}

} // namespace guidino::ui
