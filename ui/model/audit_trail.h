// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/project/model_records.h"
#include "core/project/project_types.h"

#include <QAbstractTableModel>
#include <QString>

#include <cstddef>
#include <vector>

namespace guidino::project {
class ProjectStore;
} // namespace guidino::project

namespace guidino::ui {

/// The audit trail as a table, the newest first, with the places where its chains break: decisions
/// on labels and what was done with models, each a chain of its own. GUI thread only.
class AuditTrail : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { When, Image, Verdict, Reader, Reason, Seconds, Revision, Hash, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// Reads everything and verifies the chains.
    void read(const project::ProjectStore& store);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant
    headerData(int section, Qt::Orientation orientation, int role) const override;

    /// The chain holds, or where it does not.
    [[nodiscard]] const Status& status() const { return m_status; }

    /// Number of the first decision that does not follow; 0: all do.
    [[nodiscard]] std::int64_t brokenAt() const { return m_brokenAt; }

    /// The same of what was done with models.
    [[nodiscard]] std::int64_t modelsBrokenAt() const { return m_modelsBrokenAt; }

    /// All columns with whole hashes, times in UTC; images by pseudonym.
    [[nodiscard]] QString csv() const;

private:
    [[nodiscard]] QVariant dataOf(const project::DecisionRecord& one, int column) const;
    [[nodiscard]] QVariant dataOf(const project::ModelEvent& one, int column) const;
    [[nodiscard]] QString nameOf(const QString& model) const;

    std::vector<project::DecisionRecord> m_records; ///< oldest first
    std::vector<project::ModelEvent> m_events;      ///< oldest first
    std::vector<project::ModelRecord> m_models;
    /// Rows: positions in m_records, or, below 0, -1 - position in m_events.
    std::vector<std::ptrdiff_t> m_order;
    std::int64_t m_modelsBrokenAt = 0;
    Status m_status;
    std::int64_t m_brokenAt = 0;
};

} // namespace guidino::ui
