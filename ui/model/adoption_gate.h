// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/model_comparison.h"
#include "ui/model/comparison_controller.h"
#include "ui/model/notice.h"

#include <QObject>
#include <QString>

#include <vector>

namespace guidino::ui {

class ModelRegistry;

/// The way of a model to its place: compares it with the current one on the locked images, lets it
/// pass where none of them drops by more than the project's limit, else names the offenders and
/// waits for a reason. GUI thread only.
class AdoptionGate : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Idle,
        Judging, ///< the locked images are being predicted and scored
        Refused, ///< adoptAnyway() with a reason, or dismiss()
    };
    Q_ENUM(State)

    AdoptionGate(
        ModelRegistry& models, ComparisonController& comparison, QObject* parent = nullptr);

    /// Judges the model and adopts it where it passes; adopted() or refused() follows, or nothing
    /// where the comparison is stopped.
    void judge(const QString& sha256);

    /// Adopts the refused model all the same; the reason goes to the trail. Usage without a reason.
    [[nodiscard]] Status adoptAnyway(const QString& reason);

    void dismiss();

    [[nodiscard]] State state() const { return m_state; }

    /// The model that wants to become current.
    [[nodiscard]] const QString& candidate() const { return m_candidate; }

    /// Rows of the comparison that drop by more than the limit, the worst first.
    [[nodiscard]] const std::vector<ComparisonController::Row>& offenders() const
    {
        return m_offenders;
    }

    [[nodiscard]] const report::GateVerdict& verdict() const { return m_verdict; }

    /// Why it was refused, in words.
    [[nodiscard]] const QString& explanation() const { return m_explanation; }

Q_SIGNALS:
    void stateChanged(guidino::ui::AdoptionGate::State state);
    /// The model is current.
    void adopted(const QString& sha256);
    void refused(const QString& sha256);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    void noteComparison(ComparisonController::State state);
    void decide();
    void refuse(const QString& explanation);
    [[nodiscard]] QString details() const;
    void become(State state);

    ModelRegistry& m_models;
    ComparisonController& m_comparison;
    State m_state = State::Idle;
    QString m_candidate;
    QString m_explanation;
    report::GateVerdict m_verdict;
    std::vector<ComparisonController::Row> m_offenders;
};

} // namespace guidino::ui
