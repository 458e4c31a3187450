// SPDX-License-Identifier: Apache-2.0
#include "ui/model/audit_trail.h"

#include "core/project/project_store.h"
#include "core/project/redaction.h"
#include "ui/model/review_text.h"

#include <QBrush>
#include <QColor>
#include <QLocale>

#include <cstdlib>

namespace guidino::ui {

namespace {

/// English words for files.
QString wordOf(project::Verdict verdict)
{
    switch (verdict) {
    case project::Verdict::Accepted:
        return QStringLiteral("accepted");
    case project::Verdict::Rejected:
        return QStringLiteral("rejected");
    case project::Verdict::Unsure:
        return QStringLiteral("unsure");
    case project::Verdict::Withdrawn:
        return QStringLiteral("withdrawn");
    }
    return {};
}

QString csvField(QString text)
{
    if (!text.isEmpty() && QStringLiteral("=+-@\t\r").contains(text.front())) {
        text.prepend(QLatin1Char('\'')); // a spreadsheet would run it
    }
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + text + QLatin1Char('"');
}

} // namespace

void AuditTrail::read(const project::ProjectStore& store)
{
    beginResetModel();
    m_records.clear();
    m_brokenAt = 0;
    auto records = store.allDecisions();
    if (records) {
        m_records = std::move(records).value();
        m_status = store.verifyAuditTrail();
        if (!m_status) {
            for (const auto& [key, value] : m_status.error().context) {
                if (key == "decision") {
                    m_brokenAt = std::strtoll(value.c_str(), nullptr, 10);
                }
            }
        }
    } else {
        m_status = records.error();
    }
    endResetModel();
}

int AuditTrail::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_records.size());
}

int AuditTrail::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AuditTrail::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const project::DecisionRecord& one =
        m_records[m_records.size() - 1 - static_cast<std::size_t>(index.row())];
    if (role == Qt::ForegroundRole && m_brokenAt != 0 && one.id >= m_brokenAt) {
        return QBrush(QColor(0xd5, 0x5e, 0x00));
    }
    if (role == Qt::ToolTipRole && index.column() == Hash) {
        return one.hash;
    }
    if (role == Qt::TextAlignmentRole
        && (index.column() == Seconds || index.column() == Revision)) {
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case When:
        return QLocale().toString(one.created.toLocalTime(), QLocale::ShortFormat);
    case Image:
        return project::pseudonymOf(one.image);
    case Verdict:
        return ReviewText::nameOf(one.verdict);
    case Reader:
        return one.reader;
    case Reason:
        return one.reason;
    case Seconds:
        return one.secondsSpent > 0 ? ReviewText::duration(one.secondsSpent) : QString();
    case Revision:
        return one.revision.isValid() ? QString::number(one.revision.value) : QString();
    case Hash:
        return one.hash.left(12);
    default:
        return {};
    }
}

QVariant AuditTrail::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case When:
        return tr("When");
    case Image:
        return tr("Case");
    case Verdict:
        return tr("Decision");
    case Reader:
        return tr("Reader");
    case Reason:
        return tr("Reason");
    case Seconds:
        return tr("Time");
    case Revision:
        return tr("Revision");
    case Hash:
        return tr("Hash");
    default:
        return {};
    }
}

QString AuditTrail::csv() const
{
    QString text =
        QStringLiteral("id,time_utc,case,decision,reader,reason,seconds,revision,hash\n");
    for (const project::DecisionRecord& one : m_records) {
        text +=
            QStringList{
                QString::number(one.id),
                one.created.toUTC().toString(Qt::ISODateWithMs),
                project::pseudonymOf(one.image),
                wordOf(one.verdict),
                csvField(one.reader),
                csvField(one.reason),
                QString::number(one.secondsSpent, 'f', 3),
                QString::number(one.revision.value),
                one.hash}
                .join(QLatin1Char(','))
            + QLatin1Char('\n');
    }
    return text;
}

} // namespace guidino::ui
