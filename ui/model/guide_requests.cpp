// SPDX-License-Identifier: Apache-2.0
// The parts of GuideController that ask the model and take its answers.
#include "core/base/npy.h"
#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/guide_controller.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/prediction_files.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

constexpr int kMostSearched = 64;
const auto kGroupsStream = "guide-groups";
const auto kSearchStream = "guide-search";
const auto kTrialStream = "guide-trial";

Result<PrototypeMix> readMix(const protocol::Prediction& answer)
{
    std::vector<MixerGroup> groups;
    for (const protocol::PrototypeGroup& sent : answer.groups) {
        Result<RasterF> map = readTokenMap(sent.map);
        if (!map) {
            return std::move(map).error();
        }
        groups.push_back(
            {sent.prototypes,
             std::move(map).value(),
             sent.book,
             sent.nearest,
             sent.nearestSimilarity,
             sent.matches});
    }
    PrototypeMix mix(std::move(groups));
    mix.isExact = answer.sharesAreExact;
    mix.effectiveDirections = answer.effectiveDirections;
    return mix;
}

} // namespace

// ---- groups of prototypes ----------------------------------------------------------------------

void GuideController::askForGroups()
{
    const bool isNeeded = m_isMixerShown || m_choice.isChanged();
    if (!isNeeded || !m_mix.isEmpty() || !m_groupsJob.isEmpty() || m_own == nullptr
        || m_own->guide == nullptr || m_own->bundle != m_prediction.model()
        || !m_prediction.info().hasGuide()) {
        return;
    }
    protocol::Predict request;
    request.image = imageFile().toStdString();
    request.stream = kGroupsStream;
    request.groups = kGroups;
    m_groupsJob = m_prediction.ask(request);
    noteWaiting();
}

void GuideController::takeGroups(const protocol::Prediction& answer)
{
    const int generation = m_generation;
    const bool isMine = answer.image == imageFile().toStdString();
    afterwards(
        QtConcurrent::run(&m_readers, readMix, answer),
        this,
        [this, generation, isMine](Result<PrototypeMix> mix) {
            m_groupsJob.clear();
            if (!isMine || generation != m_generation) {
                askForGroups(); // of the image that is shown now
            } else if (mix && m_own != nullptr) {
                m_mix = std::move(mix).value();
                m_mix.adoptChoice(m_choice);
                Q_EMIT mixChanged();
                if (m_mix.isChanged()) {
                    wantTrial();
                }
            } else if (!mix) {
                Q_EMIT problemOccurred(noticeFor(
                    mix.error(),
                    tr("The shares of the prototypes could not be read."),
                    Notice::Action::None));
            }
            noteWaiting();
        });
}

void GuideController::searchMatches()
{
    m_toSearch.clear();
    const auto& entries = m_dataset.images().entries();
    const std::size_t step = (entries.size() + kMostSearched - 1) / kMostSearched;
    for (std::size_t i = 0; i < entries.size(); i += std::max<std::size_t>(1, step)) {
        m_toSearch.append(QString::fromStdString(entries[i].image.string()));
    }
    searchNext();
}

void GuideController::searchNext()
{
    if (!m_searchJob.isEmpty() || m_toSearch.isEmpty()) {
        return;
    }
    protocol::Predict request;
    request.image = m_toSearch.takeFirst().toStdString();
    request.stream = kSearchStream;
    request.groups = kGroups;
    m_searchJob = m_prediction.ask(request);
    if (m_searchJob.isEmpty()) {
        m_toSearch.clear();
    }
    Q_EMIT mixChanged();
}

// ---- requests and answers ---------------------------------------------------------------------

bool GuideController::wantsTrial() const
{
    return m_own != nullptr && m_own->bundle == m_prediction.model()
           && (m_edit.isChanged() || m_mix.isChanged());
}

void GuideController::wantTrial()
{
    m_isTrialWanted = true;
    m_sinceWish.start();
    pump();
}

std::optional<protocol::Predict> GuideController::trialRequest()
{
    protocol::Predict request;
    request.image = imageFile().toStdString();
    request.stream = kTrialStream;
    if (!m_edit.isChanged()) {
        request.prototypeWeights = m_mix.weights();
        return request;
    }
    // Two files by turns: the worker has read one before it is asked for the other.
    const QString file = m_folder.filePath(QStringLiteral("guide-%1.npy").arg(m_guideFile++ % 2));
    const RasterF& values = m_edit.values();
    const Status written =
        m_folder.isValid()
            ? writeNpy(file.toStdString(), {values.height(), values.width()}, values.pixels())
            : Status(Error{ErrorCode::CannotWrite, m_folder.errorString().toStdString(), {}});
    if (!written) {
        Q_EMIT problemOccurred(noticeFor(
            written.error(),
            tr("The painted guide could not be handed over."),
            Notice::Action::None));
        return std::nullopt;
    }
    request.guide = file.toStdString();
    return request;
}

void GuideController::pump()
{
    if (m_document == nullptr) {
        m_isTrialWanted = false;
        return;
    }
    if (!wantsTrial()) { // the model's own answer is known
        m_isTrialWanted = false;
        m_document->setTrial(nullptr);
        noteWaiting();
        return;
    }
    if (!m_isTrialWanted || !m_trialJob.isEmpty() || !m_prediction.isModelLoaded()) {
        noteWaiting();
        return;
    }
    m_isTrialWanted = false;
    if (const auto request = trialRequest()) {
        m_trialJob = m_prediction.ask(*request);
        m_isTrialWanted = m_trialJob.isEmpty(); // when a model is there again
    }
    noteWaiting();
}

void GuideController::noteAnswered(const QString& job, const protocol::Prediction& answer)
{
    if (job == m_trialJob) {
        takeTrial(answer);
    } else if (job == m_groupsJob) {
        takeGroups(answer);
    } else if (job == m_searchJob) {
        m_searchJob.clear();
        std::vector<std::vector<protocol::TokenMatch>> matches;
        for (const protocol::PrototypeGroup& group : answer.groups) {
            matches.push_back(group.matches);
        }
        m_mix.setMatches(matches);
        searchNext();
        Q_EMIT mixChanged();
    }
}

void GuideController::takeTrial(const protocol::Prediction& answer)
{
    if (m_document == nullptr) {
        m_trialJob.clear();
        return;
    }
    // The job stays under way until its files are read: the next answer may take their place.
    afterwards(
        QtConcurrent::run(
            &m_readers,
            readPrediction,
            answer,
            m_document->size(),
            ModelName{m_prediction.modelName(), m_prediction.model(), m_prediction.info().sha256}),
        this,
        [this, generation = m_generation, isMine = answer.image == imageFile().toStdString()](
            Result<std::shared_ptr<const Prediction>> result) {
            m_trialJob.clear();
            if (isMine && generation == m_generation && wantsTrial()) {
                if (result) {
                    m_latencyMs = m_sinceWish.elapsed();
                    m_document->setTrial(std::move(result).value());
                } else {
                    Q_EMIT problemOccurred(noticeFor(
                        result.error(),
                        tr("The answer to the changed guide could not be read."),
                        Notice::Action::None));
                }
            } else {
                m_isTrialWanted = true; // asked under other circumstances
            }
            pump();
            Q_EMIT mixChanged(); // the check is about the guide that is shown now
        });
}

void GuideController::noteUnanswered(const QString& job, const QString& message)
{
    if (job == m_groupsJob) {
        m_groupsJob.clear();
    } else if (job == m_searchJob) {
        m_searchJob.clear();
        if (!message.isEmpty()) {
            searchNext(); // one bad image does not end the search
        } else {
            m_toSearch.clear();
        }
    } else if (job == m_trialJob) {
        m_trialJob.clear();
        if (message.isEmpty()) {
            m_isTrialWanted = true; // the worker ended: once more when a model is there again
        }
    } else {
        return;
    }
    if (!message.isEmpty() && m_searchJob.isEmpty()) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Warning,
             tr("The model could not answer to the changed guide."),
             message,
             Notice::Action::None,
             QStringLiteral("guide")});
    }
    noteWaiting();
}

bool GuideController::isWaiting() const
{
    return !m_trialJob.isEmpty() || !m_groupsJob.isEmpty();
}

void GuideController::noteWaiting()
{
    if (std::exchange(m_wasWaiting, isWaiting()) != isWaiting()) {
        Q_EMIT waitingChanged(isWaiting());
    }
}

} // namespace guidino::ui
