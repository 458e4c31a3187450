// SPDX-License-Identifier: Apache-2.0
#include "ui/model/adjudication_controller.h"

#include "core/metrics/segmentation_metrics.h"
#include "core/project/redaction.h"
#include "core/project/review_state.h"
#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/export_job.h"
#include "ui/model/project_controller.h"
#include "ui/model/review_text.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

using Case = AdjudicationController::Case;

void measure(
    const LabelMap& second, const LabelMap& first, const std::vector<int>& classes, Case& one)
{
    if (!(first.size() == second.size())) {
        return;
    }
    double dsc = 0;
    double hd95 = 0;
    int dscCount = 0;
    int hd95Count = 0;
    for (const metrics::PairMetrics& pair :
         metrics::evaluateClasses(second.toRaster(), first.toRaster(), classes)) {
        if (pair.dsc) {
            dsc += *pair.dsc;
            ++dscCount;
        }
        if (pair.hd95) {
            hd95 += *pair.hd95;
            ++hd95Count;
        }
    }
    if (dscCount > 0) {
        one.dsc = dsc / dscCount;
    } else {
        one.dsc = 1; // both found nothing
    }
    if (hd95Count > 0) {
        one.hd95 = hd95 / hd95Count;
    }
}

/// Whether a revision was made of several readers'.
bool isOfSeveral(const QString& origin)
{
    return origin == QLatin1StringView("adjudicated") || origin == QLatin1StringView("majority")
           || origin == QLatin1StringView("staple");
}

/// Whether the last word on an image was one between its readers.
bool isSettled(
    const std::vector<project::RevisionRecord>& revisions,
    const std::vector<project::DecisionRecord>& decisions)
{
    const auto inForce = project::decisionsInForce(decisions);
    return !inForce.empty()
           && std::any_of(revisions.begin(), revisions.end(), [&](const auto& one) {
                  return one.id == inForce.back().revision && isOfSeveral(one.origin);
              });
}

Result<std::vector<Case>> compareReaders(
    const QString& folder, const QString& database, const QString& first, const QString& second)
{
    auto store = project::ProjectStore::openReader(folder, database);
    if (!store) {
        return std::move(store).error();
    }
    auto images = (*store)->images();
    auto records = (*store)->classes();
    if (!images || !records) {
        return images ? records.error() : images.error();
    }
    std::vector<int> classes;
    for (const project::ClassRecord& one : *records) {
        classes.push_back(one.value);
    }
    if (classes.empty()) {
        classes.push_back(1);
    }
    std::vector<Case> cases;
    for (const project::ImageRecord& image : *images) {
        const auto revisions = (*store)->revisions(image.id);
        const auto decisions = (*store)->decisions(image.id);
        if (!revisions || !decisions) {
            return revisions ? decisions.error() : revisions.error();
        }
        const auto a = project::reviewStatus(*revisions, *decisions, first);
        const auto b = project::reviewStatus(*revisions, *decisions, second);
        const bool hasA = a.reference.isValid() || a.decision.has_value();
        const bool hasB = b.reference.isValid() || b.decision.has_value();
        if (!hasA || !hasB) {
            continue;
        }
        Case one;
        one.image = image.id;
        one.name = project::pseudonymOf(image.id);
        one.isContested = project::reviewStatus(*revisions, *decisions).isContested;
        const bool judgedAlike = a.decision.has_value() == b.decision.has_value()
                                 && (!a.decision || a.decision->verdict == b.decision->verdict);
        bool drewAlike = a.reference.isValid() == b.reference.isValid();
        if (a.decision && b.decision && a.decision->verdict != b.decision->verdict) {
            one.verdicts = ReviewText::nameOf(a.decision->verdict) + QStringLiteral(" / ")
                           + ReviewText::nameOf(b.decision->verdict);
        }
        if (a.reference.isValid() && b.reference.isValid()) {
            const auto labelsA = (*store)->revisionLabels(a.reference);
            const auto labelsB = (*store)->revisionLabels(b.reference);
            if (!labelsA || !labelsB) {
                return labelsA ? labelsB.error() : labelsA.error();
            }
            measure(*labelsB, *labelsA, classes, one);
            drewAlike = *labelsA == *labelsB;
        }
        if (!one.isContested && isSettled(*revisions, *decisions)) {
            one.standing = AdjudicationController::Standing::Settled;
        } else if (judgedAlike && drewAlike) {
            one.standing = AdjudicationController::Standing::Agreed;
        }
        cases.push_back(std::move(one));
    }
    std::stable_sort(cases.begin(), cases.end(), [](const Case& x, const Case& y) {
        if (x.standing != y.standing) {
            return x.standing < y.standing;
        }
        return x.dsc.value_or(0) < y.dsc.value_or(0);
    });
    return cases;
}

} // namespace

AdjudicationController::AdjudicationController(
    ProjectController& project, DatasetController& dataset, QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_dataset(dataset)
{
    m_pool.setMaxThreadCount(1);
    connect(&project, &ProjectController::aboutToClose, this, [this] {
        ++m_generation;
        m_cases.clear();
        m_readers.clear();
        m_current = {};
        Q_EMIT refreshed();
    });
}

AdjudicationController::~AdjudicationController()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void AdjudicationController::refresh()
{
    if (!m_project.isOpen()) {
        return;
    }
    const auto readers = readersOf(m_project.folder(), m_project.databaseFile());
    if (!readers) {
        tell(readers.error(), tr("The readers could not be compared."));
        return;
    }
    m_readers = *readers;
    if (!m_readers.contains(m_first)) {
        m_first = m_readers.contains(m_project.author()) ? m_project.author() : m_readers.value(0);
    }
    if (!m_readers.contains(m_second) || m_second == m_first) {
        const auto other = std::find_if(
            m_readers.begin(), m_readers.end(), [this](const auto& one) { return one != m_first; });
        m_second = other == m_readers.end() ? QString() : *other;
    }
    compare(m_first, m_second);
}

void AdjudicationController::compare(const QString& first, const QString& second)
{
    m_first = first;
    m_second = second;
    const int generation = ++m_generation;
    if (first.isEmpty() || second.isEmpty() || first == second) {
        m_cases.clear();
        Q_EMIT refreshed();
        return;
    }
    const auto make =
        [folder = m_project.folder(), database = m_project.databaseFile(), first, second] {
            return compareReaders(folder, database, first, second);
        };
    afterwards(
        QtConcurrent::run(&m_pool, make),
        this,
        [this, generation](Result<std::vector<Case>> cases) {
            if (generation != m_generation) {
                return;
            }
            if (!cases) {
                tell(cases.error(), tr("The readers could not be compared."));
                return;
            }
            m_cases = std::move(cases).value();
            Q_EMIT refreshed();
        });
}

void AdjudicationController::open(ImageId image)
{
    const project::ProjectStore* store = m_project.store();
    const int row = m_dataset.images().rowOf(image);
    if (store == nullptr || row < 0) {
        return;
    }
    m_firstLabels = {};
    m_secondLabels = {};
    m_disagreement = {};
    m_picks.clear();
    m_labellers.clear();
    m_labelsOf.clear();
    dropConsensus();
    m_parent = {};
    m_current = image;
    const auto revisions = store->revisions(image);
    const auto decisions = store->decisions(image);
    if (revisions && decisions) {
        for (const QString& reader : m_readers) {
            const auto of = project::reviewStatus(*revisions, *decisions, reader).reference;
            // What was made of several readers is no reading.
            const auto made =
                std::find_if(revisions->begin(), revisions->end(), [of](const auto& one) {
                    return one.id == of;
                });
            if (made != revisions->end() && !isOfSeveral(made->origin)) {
                m_labellers.append(reader);
                m_labelsOf.push_back(of);
            }
        }
        const auto a = project::reviewStatus(*revisions, *decisions, m_first).reference;
        const auto b = project::reviewStatus(*revisions, *decisions, m_second).reference;
        auto first = a.isValid() ? store->revisionLabels(a) : Result<LabelMap>(LabelMap());
        auto second = b.isValid() ? store->revisionLabels(b) : Result<LabelMap>(LabelMap());
        if (first && second) {
            // A reader who rejected or was unsure has no labels to offer: background.
            const Size size = first->isEmpty() ? second->size() : first->size();
            m_firstLabels = first->isEmpty() ? LabelMap(size) : std::move(first).value();
            m_secondLabels = second->isEmpty() ? LabelMap(size) : std::move(second).value();
            m_parent = a.isValid() ? a : b;
            if (auto found = editing::disagreementOf(m_firstLabels, m_secondLabels)) {
                m_disagreement = std::move(found).value();
                m_picks.assign(m_disagreement.regions.size(), editing::Pick::First);
            } else {
                tell(found.error(), tr("The two label maps cannot be compared."));
            }
        }
    }
    m_dataset.show(row);
    Q_EMIT currentChanged();
}

void AdjudicationController::toggleAt(Point place)
{
    const int region = m_disagreement.regionOf.empty() ? -1 : m_disagreement.regionAt(place);
    if (region < 0) {
        return;
    }
    dropConsensus();
    editing::Pick& pick = m_picks[static_cast<std::size_t>(region)];
    pick = pick == editing::Pick::First ? editing::Pick::Second : editing::Pick::First;
    Q_EMIT picksChanged();
}

void AdjudicationController::pickAll(editing::Pick pick)
{
    dropConsensus();
    std::fill(m_picks.begin(), m_picks.end(), pick);
    Q_EMIT picksChanged();
}

void AdjudicationController::dropConsensus()
{
    m_consensus.reset();
    m_consensusLabels = {};
    m_staple = {};
}

QString AdjudicationController::reasonNoConsensus(Consensus kind) const
{
    const auto count = m_labellers.size();
    if (!m_current.isValid()) {
        return tr("Choose an image first.");
    }
    if (kind == Consensus::Majority && count < 3) {
        return tr("A majority needs three readers; this image has labels of %1.").arg(count);
    }
    if (count < 2) {
        return tr("STAPLE needs two readers or more; this image has labels of %1.").arg(count);
    }
    return {};
}

void AdjudicationController::propose(Consensus kind)
{
    const project::ProjectStore* store = m_project.store();
    if (store == nullptr || !reasonNoConsensus(kind).isEmpty()) {
        return;
    }
    std::vector<LabelMap> maps;
    for (const RevisionId revision : m_labelsOf) {
        auto labels = store->revisionLabels(revision);
        if (!labels) {
            tell(labels.error(), tr("The readers could not be compared."));
            return;
        }
        maps.push_back(std::move(labels).value());
    }
    dropConsensus();
    if (kind == Consensus::Majority) {
        auto labels = editing::majorityOf(maps);
        if (!labels) {
            tell(labels.error(), tr("The readers could not be compared."));
            return;
        }
        m_consensusLabels = std::move(labels).value();
    } else {
        auto staple = editing::stapleOf(maps);
        if (!staple) {
            tell(staple.error(), tr("The readers could not be compared."));
            return;
        }
        m_staple = std::move(staple).value();
        m_consensusLabels = m_staple.labels;
    }
    m_consensus = kind;
    Q_EMIT picksChanged();
}

LabelMap AdjudicationController::result() const
{
    if (m_consensus) {
        return m_consensusLabels;
    }
    if (m_firstLabels.isEmpty() || m_disagreement.regionOf.empty()) {
        return {};
    }
    return editing::adjudicate(m_firstLabels, m_secondLabels, m_disagreement, m_picks);
}

bool AdjudicationController::store()
{
    const LabelMap labels = result();
    if (labels.isEmpty() || m_project.isReadOnly()) {
        return false;
    }
    const QString origin = !m_consensus                          ? QStringLiteral("adjudicated")
                           : *m_consensus == Consensus::Majority ? QStringLiteral("majority")
                                                                 : QStringLiteral("staple");
    const QString how = !m_consensus ? tr("Adjudicated")
                        : *m_consensus == Consensus::Majority
                            ? tr("Majority of %1").arg(m_labellers.join(QStringLiteral(", ")))
                            : tr("STAPLE of %1").arg(m_labellers.join(QStringLiteral(", ")));
    if (const auto kept = keep(m_current, m_parent, labels, origin, how); !kept) {
        tell(kept.error(), tr("The adjudication was not stored."));
        return false;
    }
    refresh();
    return true;
}

Result<RevisionId> AdjudicationController::keep(
    ImageId image,
    RevisionId parent,
    const LabelMap& labels,
    const QString& origin,
    const QString& how)
{
    project::RevisionRecord record;
    record.image = image;
    record.author = m_project.author();
    record.parent = parent;
    record.origin = origin;
    const auto revision = m_project.addRevision(record, labels);
    if (!revision) {
        return revision;
    }
    const auto decision = m_project.change(image, [&](project::ProjectStore& store) {
        return project::acceptRevision(store, *revision, m_project.author(), how);
    });
    if (!decision) {
        return decision.error();
    }
    // It is the label of the canvas, too, as one step.
    AnnotationDocument* shown = m_dataset.document(image);
    if (shown != nullptr && !shown->isModified()) {
        shown->replaceLabels(labels, UndoText::adjudicated());
        m_dataset.noteRevision(image, *revision);
    }
    return revision;
}

int AdjudicationController::agreedButContested() const
{
    return static_cast<int>(std::count_if(m_cases.begin(), m_cases.end(), [](const Case& one) {
        return one.standing == Standing::Agreed && one.isContested;
    }));
}

void AdjudicationController::settleAgreed()
{
    if (m_project.store() == nullptr || m_project.isReadOnly()) {
        return;
    }
    const auto settle = [this](ImageId image) -> Status {
        const project::ProjectStore& store = *m_project.store();
        const auto revisions = store.revisions(image);
        const auto decisions = store.decisions(image);
        if (!revisions || !decisions) {
            return revisions ? decisions.error() : revisions.error();
        }
        const RevisionId first = project::reviewStatus(*revisions, *decisions, m_first).reference;
        const auto labels = store.revisionLabels(first);
        if (!labels) {
            return labels.error();
        }
        const auto kept = keep(
            image,
            first,
            *labels,
            QStringLiteral("adjudicated"),
            tr("%1 and %2 drew the same").arg(m_first, m_second));
        return kept ? Status() : Status(kept.error());
    };
    for (const Case& one : std::vector<Case>(m_cases)) {
        if (one.standing == Standing::Agreed && one.isContested) {
            if (const Status settled = settle(one.image); !settled) {
                tell(settled.error(), tr("The adjudication was not stored."));
                break;
            }
        }
    }
    refresh();
}

void AdjudicationController::tell(const Error& error, const QString& what)
{
    Notice notice = noticeFor(error, what, Notice::Action::None);
    notice.topic = QStringLiteral("review");
    Q_EMIT problemOccurred(notice);
}

} // namespace guidino::ui
