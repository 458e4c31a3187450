// SPDX-License-Identifier: Apache-2.0
#include "ui/model/audit_trail.h"

#include "core/project/project_store.h"
#include "core/project/redaction.h"
#include "ui/model/review_text.h"

#include <QBrush>
#include <QColor>
#include <QLocale>

#include <algorithm>
#include <cstdlib>
#include <utility>

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

QString wordOf(project::ModelDeed deed)
{
    switch (deed) {
    case project::ModelDeed::Offered:
        return QStringLiteral("offered");
    case project::ModelDeed::Adopted:
        return QStringLiteral("adopted");
    case project::ModelDeed::RolledBack:
        return QStringLiteral("rolled back");
    case project::ModelDeed::Retired:
        return QStringLiteral("retired");
    case project::ModelDeed::Restored:
        return QStringLiteral("restored");
    case project::ModelDeed::Looked:
        return QStringLiteral("judged on locked images");
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

QString AuditTrail::nameOf(const QString& model) const
{
    const auto found = std::find_if(
        m_models.begin(), m_models.end(), [&](const auto& one) { return one.sha256 == model; });
    return found != m_models.end() ? found->name : model.left(8);
}

void AuditTrail::read(const project::ProjectStore& store)
{
    beginResetModel();
    m_records.clear();
    m_events.clear();
    m_models = store.models().value_or(std::vector<project::ModelRecord>());
    m_order.clear();
    m_brokenAt = 0;
    m_modelsBrokenAt = 0;
    auto records = store.allDecisions();
    auto events = store.modelEvents();
    if (records && events) {
        m_records = std::move(records).value();
        m_events = std::move(events).value();
        m_status = store.verifyAuditTrail();
        if (!m_status) {
            for (const auto& [key, value] : m_status.error().context) {
                if (key == "decision") {
                    m_brokenAt = std::strtoll(value.c_str(), nullptr, 10);
                } else if (key == "model_event") {
                    m_modelsBrokenAt = std::strtoll(value.c_str(), nullptr, 10);
                }
            }
        }
    } else {
        m_status = records ? events.error() : records.error();
    }
    // Both are in the order of their time.
    std::size_t event = 0;
    for (std::size_t record = 0; record <= m_records.size(); ++record) {
        while (event < m_events.size()
               && (record == m_records.size()
                   || m_events[event].created < m_records[record].created)) {
            m_order.push_back(-1 - static_cast<std::ptrdiff_t>(event++));
        }
        if (record < m_records.size()) {
            m_order.push_back(static_cast<std::ptrdiff_t>(record));
        }
    }
    std::reverse(m_order.begin(), m_order.end());
    endResetModel();
}

int AuditTrail::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
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
    const std::ptrdiff_t at = m_order[static_cast<std::size_t>(index.row())];
    const project::DecisionRecord* decision =
        at >= 0 ? &m_records[static_cast<std::size_t>(at)] : nullptr;
    const project::ModelEvent* event =
        at < 0 ? &m_events[static_cast<std::size_t>(-1 - at)] : nullptr;
    const bool isBroken = decision != nullptr
                              ? m_brokenAt != 0 && decision->id >= m_brokenAt
                              : m_modelsBrokenAt != 0 && event->id >= m_modelsBrokenAt;
    if (role == Qt::ForegroundRole && isBroken) {
        return QBrush(QColor(0xd5, 0x5e, 0x00));
    }
    if (role == Qt::ToolTipRole && index.column() == Hash) {
        return decision != nullptr ? decision->hash : event->hash;
    }
    if (role == Qt::TextAlignmentRole
        && (index.column() == Seconds || index.column() == Revision)) {
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    return decision != nullptr ? dataOf(*decision, index.column()) : dataOf(*event, index.column());
}

QVariant AuditTrail::dataOf(const project::DecisionRecord& one, int column) const
{
    switch (column) {
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

QVariant AuditTrail::dataOf(const project::ModelEvent& one, int column) const
{
    switch (column) {
    case When:
        return QLocale().toString(one.created.toLocalTime(), QLocale::ShortFormat);
    case Image:
        return nameOf(one.model);
    case Verdict:
        switch (one.deed) {
        case project::ModelDeed::Offered:
            return tr("Offered");
        case project::ModelDeed::Adopted:
            return one.other.isEmpty() ? tr("Adopted")
                                       : tr("Adopted in place of %1").arg(nameOf(one.other));
        case project::ModelDeed::RolledBack:
            return tr("Rolled back from %1").arg(nameOf(one.other));
        case project::ModelDeed::Retired:
            return tr("Put aside");
        case project::ModelDeed::Restored:
            return tr("Offered again");
        case project::ModelDeed::Looked:
            return tr("Judged on the locked images, with %1").arg(nameOf(one.other));
        }
        return {};
    case Reader:
        return one.author;
    case Reason:
        return one.reason;
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
        return tr("Case or model");
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
    for (auto at = m_order.rbegin(); at != m_order.rend(); ++at) {
        if (*at < 0) {
            const project::ModelEvent& one = m_events[static_cast<std::size_t>(-1 - *at)];
            text +=
                QStringList{
                    QStringLiteral("m%1").arg(one.id),
                    one.created.toUTC().toString(Qt::ISODateWithMs),
                    QStringLiteral("model ") + one.model.left(16),
                    QStringLiteral("model ") + wordOf(one.deed),
                    csvField(one.author),
                    csvField(one.reason),
                    QString(),
                    QString(),
                    one.hash}
                    .join(QLatin1Char(','))
                + QLatin1Char('\n');
            continue;
        }
        const project::DecisionRecord& one = m_records[static_cast<std::size_t>(*at)];
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
