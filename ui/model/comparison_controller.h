// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/label_map.h"
#include "core/report/model_comparison.h"
#include "ui/model/compared_case.h"
#include "ui/model/notice.h"

#include <QHash>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>

#include <filesystem>
#include <memory>
#include <vector>

namespace guidino::ui {

class ComparisonJobs;
class DatasetController;
class JobsController;
class ModelRegistry;
class ProjectController;

/// Two models on the images of the project: has what is missing predicted by jobs of the project's
/// queue, scores each prediction against the image's reference as it comes, and says what changed.
/// Predictions are kept in the project's folder `predictions/MODEL/`, so that comparing the same
/// model again costs nothing. Each look at the locked images is counted in the trail of models. A
/// comparison goes on while the window is closed and is taken up when the project is opened again.
/// GUI thread only; files are read and scores made on background threads.
class ComparisonController : public QObject
{
    Q_OBJECT

public:
    /// Which images.
    enum class Set {
        Locked,
        Validation,
        Corrected, ///< with labels of the user's, or a guide correction
        Labelled,  ///< all that have a reference; models may have trained on them
    };
    Q_ENUM(Set)

    enum class State {
        Idle,       ///< nothing was asked for, or the project is another one
        Predicting, ///< jobs are at work, or wait for their device; rows fill
        Scoring,    ///< all predictions are there
        Finished,
        Stopped, ///< the user's wish, or a failure; what came until then stays
    };
    Q_ENUM(State)

    /// One image; `score.a` and `score.b` are of the two models.
    struct Row
    {
        report::ModelCase score;
        ImageId image;
        RevisionId reference;
        std::filesystem::path file;
        std::string stem;        ///< of its files in predictions/MODEL/
        bool hasFailedA = false; ///< cannot be predicted, or its files cannot be read
        bool hasFailedB = false;
        bool isCorrected = false;
        bool hasGuideCorrection = false;
    };

    ComparisonController(
        ProjectController& project,
        DatasetController& dataset,
        JobsController& jobs,
        ModelRegistry& models,
        QObject* parent = nullptr);
    ~ComparisonController() override;

    /// Why these cannot be compared on that set, for tool tips; empty where they can.
    [[nodiscard]] QString reasonUnavailable(const QString& a, const QString& b, Set set) const;

    /// How many images a set has.
    [[nodiscard]] int countOf(Set set) const;

    /// Compares two models of the registry, by SHA-256; ends what was under way.
    void start(const QString& a, const QString& b, Set set);
    void cancel();
    /// Forgets what was compared.
    void reset();

    /// All predictions are there already, so that nothing needs to be computed but scores.
    [[nodiscard]] bool isPredicted(const QString& a, const QString& b, Set set) const;

    /// Reads the labels and guides of an image of the set; caseLoaded() follows, or nothing where
    /// they cannot be read.
    void load(ImageId image);

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] bool isRunning() const
    {
        return m_state == State::Predicting || m_state == State::Scoring;
    }

    [[nodiscard]] const QString& modelA() const { return m_sides[0].sha256; }

    [[nodiscard]] const QString& modelB() const { return m_sides[1].sha256; }

    [[nodiscard]] Set set() const { return m_set; }

    /// Of the jobs that are at work: what they wait for, or how far they are; may be empty.
    [[nodiscard]] QString statusText() const;

    /// What a finished job was for, so that it can be shown; false: it is none of a comparison, or
    /// its models or images are gone.
    bool show(JobId job);

    [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }

    /// Pairs of image and model that are scored or failed, and in all.
    [[nodiscard]] int done() const;
    [[nodiscard]] int total() const { return 2 * static_cast<int>(m_rows.size()); }

    /// Of what is scored by now.
    [[nodiscard]] const report::ModelComparison& found() const { return m_found; }

    [[nodiscard]] report::GateVerdict gate() const;

    /// Images whose reference began as a prediction of one of the models count, too.
    [[nodiscard]] bool countsOwnCases() const { return m_countsOwnCases; }

    void setCountsOwnCases(bool counts);

    /// Where what a row shows lies, there or not; for other threads.
    [[nodiscard]] ComparedFiles filesOf(const Row& row) const;

    /// Of an image; -1: it is not in the set.
    [[nodiscard]] int rowOf(ImageId image) const;

Q_SIGNALS:
    /// modelA(), modelB() and set() are of a comparison that was found again, not asked for here.
    void takenUp();
    void stateChanged(guidino::ui::ComparisonController::State state);
    /// All rows are others.
    void rowsReset();
    void rowChanged(int row);
    /// done() or found(); at most a few times a second.
    void progressed();
    void caseLoaded(const std::shared_ptr<const guidino::ui::ComparedCase>& found);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    struct Side
    {
        QString sha256;
        QString bundle;
        std::filesystem::path folder; ///< predictions/MODEL
    };

    [[nodiscard]] std::vector<Row> rowsOf(Set set) const;
    [[nodiscard]] std::filesystem::path folderOf(const QString& sha256) const;
    void begin(const QString& a, const QString& b, Set set);
    void takeUp();
    void letGo();
    void markOwnCases();
    void predictMissing();
    void noteEnd(int side);
    void stopBecause(int side, const QString& failure);
    void scoreWhatIsThere();
    void score(int row, int side);
    void noteScore(int row, int side, const Result<report::CaseScore>& score);
    void judge();
    void finishIfDone();
    void noteLook(bool isWhole);
    [[nodiscard]] std::filesystem::path maskFile(const Row& row, int side) const;
    void become(State state);
    [[nodiscard]] QString scoreKey(const Row& row, int side) const;
    [[nodiscard]] std::optional<report::CaseScore>& scoreOf(Row& row, int side) const;

    ProjectController& m_project;
    DatasetController& m_dataset;
    JobsController& m_queue;
    ModelRegistry& m_models;
    ComparisonJobs* m_jobs;
    State m_state = State::Idle;
    Set m_set = Set::Locked;
    Side m_sides[2];
    std::vector<Row> m_rows;
    std::vector<char> m_isAsked[2]; ///< rows that are being scored
    report::ModelComparison m_found;
    bool m_countsOwnCases = false;
    bool m_isLookNoted = false;
    int m_generation = 0;
    QHash<QString, report::CaseScore> m_known; ///< scores of this session
    QTimer m_judgeTimer;
    QThreadPool m_pool;
};

} // namespace guidino::ui
