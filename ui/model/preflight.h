// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/preflight_check.h"
#include "ui/model/finetune_plan.h"
#include "ui/model/training_folder.h"

#include <QObject>
#include <QString>
#include <QTemporaryDir>

#include <memory>
#include <vector>

namespace guidino::ui {

/// Tries a training out before it starts: two steps on this machine, in a process of its own at low
/// priority (jobs::PreflightCheck). One at a time; a new one ends the one before. GUI thread only;
/// nothing blocks for longer than links to the images take.
class Preflight : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Running, Done, Failed };
    Q_ENUM(State)

    /// `program`: guidino.
    explicit Preflight(const QString& program, QObject* parent = nullptr);
    ~Preflight() override;

    [[nodiscard]] State state() const { return m_state; }

    /// Of state Done; `fits` says whether the training does.
    [[nodiscard]] const jobs::PreflightReport& result() const { return m_result; }

    /// Of state Failed: why, in the program's words.
    [[nodiscard]] const QString& failure() const { return m_failure; }

    /// `cases`: those of the training; nothing of them is read but how many there are.
    void start(const FineTuneOptions& options, const std::vector<FrozenCase>& cases);
    void cancel();

Q_SIGNALS:
    void changed();

private:
    void fail(const QString& why);
    void become(State state);

    jobs::PreflightCheck m_check;
    State m_state = State::Idle;
    jobs::PreflightReport m_result;
    QString m_failure;
    std::unique_ptr<QTemporaryDir> m_folder;
};

} // namespace guidino::ui
