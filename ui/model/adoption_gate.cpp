// SPDX-License-Identifier: Apache-2.0
#include "ui/model/adoption_gate.h"

#include "ui/model/model_registry.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

#include <utility>

namespace guidino::ui {

AdoptionGate::AdoptionGate(ModelRegistry& models, ComparisonController& comparison, QObject* parent)
    : QObject(parent)
    , m_models(models)
    , m_comparison(comparison)
{
    connect(&comparison, &ComparisonController::stateChanged, this, &AdoptionGate::noteComparison);
}

void AdoptionGate::judge(const QString& sha256)
{
    using Set = ComparisonController::Set;
    dismiss();
    m_candidate = sha256;
    m_offenders.clear();
    m_verdict = {};
    const QString current = m_models.current();
    if (current.isEmpty() || current == sha256 || m_models.find(current) == nullptr) {
        // Nothing is replaced, so nothing can get worse.
        const Status adoptedIt = m_models.adopt(sha256, {true, {}, details()});
        if (!adoptedIt) {
            Q_EMIT problemOccurred(noticeFor(
                adoptedIt.error(), tr("The model was not adopted."), Notice::Action::None));
        } else {
            Q_EMIT adopted(sha256);
        }
        return;
    }
    if (m_comparison.countOf(Set::Locked) == 0) {
        refuse(tr("No labelled image is locked, so nothing shows whether this model is worse "
                  "anywhere. Lock some images, or say why it is to be used all the same."));
        return;
    }
    if (const QString why = m_comparison.reasonUnavailable(current, sha256, Set::Locked);
        !why.isEmpty()) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Warning, why, {}, Notice::Action::None, QStringLiteral("models")});
        return;
    }
    m_comparison.cancel();
    become(State::Judging);
    m_comparison.start(current, sha256, Set::Locked);
}

void AdoptionGate::noteComparison(ComparisonController::State state)
{
    using Comparison = ComparisonController::State;
    if (m_state == State::Refused && state == Comparison::Predicting) {
        dismiss(); // the user looks at something else
    }
    if (m_state != State::Judging) {
        return;
    }
    if (state == Comparison::Finished) {
        if (m_comparison.modelB() == m_candidate
            && m_comparison.set() == ComparisonController::Set::Locked) {
            decide();
        } else {
            dismiss(); // another comparison took its place
        }
    } else if (state == Comparison::Stopped || state == Comparison::Idle) {
        dismiss();
    }
}

void AdoptionGate::decide()
{
    m_verdict = m_comparison.gate();
    for (const std::size_t i : m_verdict.offenders) {
        m_offenders.push_back(m_comparison.rows()[i]);
    }
    if (m_verdict.isPassed()) {
        const QString sha256 = m_candidate;
        const Status status = m_models.adopt(sha256, {true, {}, details()});
        become(State::Idle);
        if (status) {
            Q_EMIT adopted(sha256);
        } else {
            Q_EMIT problemOccurred(
                noticeFor(status.error(), tr("The model was not adopted."), Notice::Action::None));
        }
        return;
    }
    const QLocale locale;
    const auto number = [&](double value) { return locale.toString(value, 'f', 3); };
    if (!m_verdict.offenders.empty()) {
        refuse(tr("%n locked image(s) lose more than the limit of %1 DSC; the worst loses %2.",
                  nullptr,
                  static_cast<int>(m_verdict.offenders.size()))
                   .arg(number(m_verdict.limit), number(m_verdict.largestDrop)));
    } else if (m_verdict.unscored > 0) {
        refuse(
            tr("%n locked image(s) could not be predicted, so it is not known whether they got "
               "worse.",
               nullptr,
               static_cast<int>(m_verdict.unscored)));
    } else {
        refuse(
            tr("The references of all %n locked image(s) began as predictions of these models: "
               "they cannot judge them. Draw some of them without a prediction, or say why the "
               "model is to be used all the same.",
               nullptr,
               static_cast<int>(m_verdict.leftOut)));
    }
}

void AdoptionGate::refuse(const QString& explanation)
{
    m_explanation = explanation;
    become(State::Refused);
    Q_EMIT refused(m_candidate);
}

Status AdoptionGate::adoptAnyway(const QString& reason)
{
    if (m_state != State::Refused) {
        return Error{ErrorCode::Usage, "no model waits for a decision", {}};
    }
    const QString sha256 = m_candidate;
    GD_TRY(m_models.adopt(sha256, {false, reason, details()}));
    become(State::Idle);
    Q_EMIT adopted(sha256);
    return {};
}

void AdoptionGate::dismiss()
{
    become(State::Idle);
}

QString AdoptionGate::details() const
{
    QJsonArray offenders;
    for (const ComparisonController::Row& row : m_offenders) {
        offenders.append(QJsonObject{
            {QStringLiteral("image"), static_cast<qint64>(row.image.value)},
            {QStringLiteral("before"), row.score.a->dsc},
            {QStringLiteral("after"), row.score.b->dsc}});
    }
    const QJsonObject object{
        {QStringLiteral("limit"), m_models.gateLimit()},
        {QStringLiteral("checked"), static_cast<int>(m_verdict.checked)},
        {QStringLiteral("leftOut"), static_cast<int>(m_verdict.leftOut)},
        {QStringLiteral("largestDrop"), m_verdict.largestDrop},
        {QStringLiteral("offenders"), offenders}};
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void AdoptionGate::become(State state)
{
    if (std::exchange(m_state, state) != state) {
        Q_EMIT stateChanged(state);
    }
}

} // namespace guidino::ui
