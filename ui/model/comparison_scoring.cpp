// SPDX-License-Identifier: Apache-2.0
// What the predictions of a comparison are worth.
#include "core/project/project_store.h"
#include "ui/model/afterwards.h"
#include "ui/model/comparison_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/model_registry.h"
#include "ui/model/project_controller.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QtConcurrentRun>

#include <system_error>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

bool isThere(const fs::path& file)
{
    std::error_code ignored;
    return fs::exists(file, ignored);
}

/// What a background thread needs for one score.
struct ScoreTask
{
    fs::path mask;
    QString project;
    QString database;
    RevisionId reference;

    [[nodiscard]] Result<report::CaseScore> run() const
    {
        auto store = project::ProjectStore::openReader(project, database);
        if (!store) {
            return std::move(store).error();
        }
        const auto labels = (*store)->revisionLabels(reference);
        if (!labels) {
            return labels.error();
        }
        const auto predicted = readLabelFile(mask, labels->size());
        if (!predicted) {
            return predicted.error();
        }
        const auto score = report::scoreOf(*predicted, *labels);
        if (!score) {
            return Error{ErrorCode::BadInput, mask.string() + ": of another size", {}};
        }
        return *score;
    }
};

} // namespace

void ComparisonController::scoreWhatIsThere()
{
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
        for (const int side : {0, 1}) {
            const auto at = static_cast<std::size_t>(row);
            if (m_isAsked[side][at] == 0 && !scoreOf(m_rows[at], side)
                && isThere(maskFile(m_rows[at], side))) {
                m_isAsked[side][at] = 1;
                score(row, side);
            }
        }
    }
}

void ComparisonController::score(int row, int side)
{
    const Row& one = m_rows[static_cast<std::size_t>(row)];
    const ScoreTask task{
        maskFile(one, side), m_project.folder(), m_project.databaseFile(), one.reference};
    afterwards(
        QtConcurrent::run(&m_pool, [task] { return task.run(); }),
        this,
        [this, row, side, generation = m_generation](const Result<report::CaseScore>& result) {
            if (generation == m_generation) {
                noteScore(row, side, result);
            }
        });
}

void ComparisonController::noteScore(int row, int side, const Result<report::CaseScore>& score)
{
    Row& one = m_rows[static_cast<std::size_t>(row)];
    if (score) {
        scoreOf(one, side) = *score;
        m_known.insert(scoreKey(one, side), *score);
    } else {
        // A damaged file would stay for ever: it is made anew the next time.
        std::error_code ignored;
        fs::remove(maskFile(one, side), ignored);
        (side == 0 ? one.hasFailedA : one.hasFailedB) = true;
    }
    Q_EMIT rowChanged(row);
    if (!m_judgeTimer.isActive()) {
        m_judgeTimer.start();
    }
    finishIfDone();
}

int ComparisonController::done() const
{
    int count = 0;
    for (const Row& row : m_rows) {
        count += row.score.a || row.hasFailedA ? 1 : 0;
        count += row.score.b || row.hasFailedB ? 1 : 0;
    }
    return count;
}

void ComparisonController::finishIfDone()
{
    if (m_state != State::Scoring || done() < total()) {
        return;
    }
    judge();
    noteLook(true); // before anybody decides by it
    become(State::Finished);
}

void ComparisonController::judge()
{
    m_judgeTimer.stop();
    std::vector<report::ModelCase> cases;
    cases.reserve(m_rows.size());
    for (const Row& row : m_rows) {
        cases.push_back(row.score);
    }
    report::ModelComparisonOptions options;
    options.countsOwnCases = m_countsOwnCases;
    m_found = report::compareModels(cases, options);
    Q_EMIT progressed();
}

report::GateVerdict ComparisonController::gate() const
{
    std::vector<report::ModelCase> cases;
    for (const Row& row : m_rows) {
        cases.push_back(row.score);
    }
    return report::judgeGate(cases, m_models.gateLimit());
}

void ComparisonController::setCountsOwnCases(bool counts)
{
    if (std::exchange(m_countsOwnCases, counts) != counts) {
        judge();
    }
}

void ComparisonController::noteLook(bool isWhole)
{
    // What was seen of the locked images was seen, even where the comparison was stopped.
    if (m_set != Set::Locked || m_isLookNoted || m_found.counted == 0) {
        return;
    }
    m_isLookNoted = true;
    const auto text = [](const QJsonObject& object) {
        return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
    };
    const auto count = static_cast<int>(m_found.counted);
    QJsonObject details{
        {QStringLiteral("cases"), count},
        {QStringLiteral("leftOut"), static_cast<int>(m_found.leftOut)}};
    if (m_found.a && m_found.b) {
        details.insert(QStringLiteral("dscB"), m_found.a->dsc.mean);
        details.insert(QStringLiteral("dsc"), m_found.b->dsc.mean);
    }
    m_models.noteLook(modelB(), modelA(), text(details));
    if (!isWhole) {
        return;
    }
    const auto keep = [&](const QString& model, const report::ModelSummary& summary) {
        m_models.setFigure(
            model,
            QStringLiteral("locked"),
            text(
                {{QStringLiteral("dsc"), summary.dsc.mean},
                 {QStringLiteral("low"), summary.interval.low},
                 {QStringLiteral("high"), summary.interval.high},
                 {QStringLiteral("hd95"), summary.hd95Mean},
                 {QStringLiteral("count"), count}}));
    };
    keep(modelA(), *m_found.a);
    keep(modelB(), *m_found.b);
}

} // namespace guidino::ui
