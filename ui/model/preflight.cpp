// SPDX-License-Identifier: Apache-2.0
#include "ui/model/preflight.h"

#include <algorithm>

namespace guidino::ui {

Preflight::Preflight(const QString& program, QObject* parent)
    : QObject(parent)
    , m_check(program)
{
    connect(
        &m_check,
        &jobs::PreflightCheck::measured,
        this,
        [this](const jobs::PreflightReport& report) {
            m_folder.reset();
            m_result = report;
            become(State::Done);
        });
    connect(
        &m_check,
        &jobs::PreflightCheck::failed,
        this,
        [this](const jobs::JobEnd& /*end*/, const QString& message) {
            m_folder.reset();
            // The last line says it; what stands before is the program's log.
            fail(message.section(QLatin1Char('\n'), -1).section(QStringLiteral("guidino: "), -1));
        });
}

Preflight::~Preflight() = default;

void Preflight::start(const FineTuneOptions& options, const std::vector<FrozenCase>& cases)
{
    cancel();
    m_result = {};
    m_failure.clear();
    m_folder = std::make_unique<QTemporaryDir>();
    const std::filesystem::path data = m_folder->path().toStdString();
    if (const Status written = writeOutline(data, cases); !written) {
        fail(QString::fromStdString(written.error().message));
        return;
    }
    const auto trains = [](const FrozenCase& one) { return !one.isValidation; };
    const auto images = std::count_if(cases.begin(), cases.end(), trains);
    m_check.start(specOf(options, data, static_cast<int>(images), false));
    become(State::Running);
}

void Preflight::cancel()
{
    m_check.cancel();
    m_folder.reset();
    if (m_state == State::Running) {
        become(State::Idle);
    }
}

void Preflight::fail(const QString& why)
{
    m_failure = why.isEmpty() ? tr("The program guidino ended without an answer.") : why;
    become(State::Failed);
}

void Preflight::become(State state)
{
    m_state = state;
    Q_EMIT changed();
}

} // namespace guidino::ui
