// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/project/project_types.h"

#include <QObject>
#include <QString>

#include <memory>

namespace guidino::project {

/// Appends edits to a project's journal in a thread of its own, with a connection of its own, so
/// that no disk stalls a stroke. The GUI thread only hands over immutable entries; each is on disk
/// within a second.
///
/// GUI thread, except where said. Signals are emitted in the GUI thread.
class JournalWriter : public QObject
{
    Q_OBJECT

public:
    /// `databaseFile` of an open, writable project.
    explicit JournalWriter(const QString& databaseFile, QObject* parent = nullptr);

    /// Writes what is still waiting, then ends the thread.
    ~JournalWriter() override;

    /// Returns at once.
    void append(JournalEntry entry);

    /// Blocks until everything handed over so far is on disk, or has failed; for closing and
    /// saving. The last error, if any.
    [[nodiscard]] Status flush();

    /// Entries handed over and not yet on disk.
    [[nodiscard]] int pending() const;

Q_SIGNALS:
    /// Everything handed over is on disk.
    void written();

    /// Writing failed (disk full, say). The entries stay in memory and are tried again every
    /// second.
    void failed(const guidino::Error& error);

private:
    struct State;

    std::unique_ptr<State> m_state;
};

} // namespace guidino::project
