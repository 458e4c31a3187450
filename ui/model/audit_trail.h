// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/project/project_types.h"

#include <QAbstractTableModel>
#include <QString>

#include <vector>

namespace guidino::project {
class ProjectStore;
} // namespace guidino::project

namespace guidino::ui {

/// The audit trail as a table, the newest first, with the place where its chain breaks. GUI thread
/// only.
class AuditTrail : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { When, Image, Verdict, Reader, Reason, Seconds, Revision, Hash, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// Reads all decisions and verifies the chain.
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

    /// All columns with whole hashes, times in UTC; images by pseudonym.
    [[nodiscard]] QString csv() const;

private:
    std::vector<project::DecisionRecord> m_records; ///< oldest first
    Status m_status;
    std::int64_t m_brokenAt = 0;
};

} // namespace guidino::ui
