// SPDX-License-Identifier: Apache-2.0
#include "core/project/review_state.h"

#include "core/project/project_store.h"

#include <algorithm>

namespace guidino::project {

namespace {

ReviewState stateOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Accepted:
        return ReviewState::Accepted;
    case Verdict::Rejected:
        return ReviewState::Rejected;
    case Verdict::Unsure:
        return ReviewState::Unsure;
    case Verdict::Withdrawn:
        break;
    }
    return ReviewState::Unreviewed;
}

const RevisionRecord* find(const std::vector<RevisionRecord>& revisions, RevisionId id)
{
    const auto found = std::find_if(
        revisions.begin(), revisions.end(), [id](const auto& one) { return one.id == id; });
    return found == revisions.end() ? nullptr : &*found;
}

/// Made of several readers' label maps: it settles what they said.
bool isAdjudicated(const std::vector<RevisionRecord>& revisions, const DecisionRecord& decision)
{
    const RevisionRecord* revision = find(revisions, decision.revision);
    return revision != nullptr
           && (revision->origin == QLatin1StringView("adjudicated")
               || revision->origin == QLatin1StringView("majority")
               || revision->origin == QLatin1StringView("staple"));
}

/// A prediction as it was, made a label by a decision or on the canvas.
bool isPredicted(const RevisionRecord& revision)
{
    return revision.origin == QLatin1StringView("accepted")
           || revision.origin == QLatin1StringView("taken");
}

bool isEditedByHand(const RevisionRecord& revision)
{
    return revision.origin == QLatin1StringView("drawn");
}

/// Two readers who accepted the same prediction mean the same labels, though each has a revision.
RevisionId meantBy(const std::vector<RevisionRecord>& revisions, const DecisionRecord& decision)
{
    const RevisionRecord* revision = find(revisions, decision.revision);
    return revision != nullptr && isPredicted(*revision) && revision->parent.isValid()
               ? revision->parent
               : decision.revision;
}

/// Whether the last words of the readers contradict each other.
bool isContested(
    const std::vector<RevisionRecord>& revisions, const std::vector<DecisionRecord>& inForce)
{
    std::map<QString, const DecisionRecord*> last;
    for (const DecisionRecord& decision : inForce) {
        if (isAdjudicated(revisions, decision)) {
            last.clear(); // it settled what was said before
        }
        last[decision.reader] = &decision;
    }
    for (const auto& [reader, decision] : last) {
        const DecisionRecord& first = *last.begin()->second;
        if (decision->verdict != first.verdict
            || (decision->verdict == Verdict::Accepted
                && meantBy(revisions, *decision) != meantBy(revisions, first))) {
            return true;
        }
    }
    return false;
}

/// Whether an acceptance made the revision that was taken back since.
bool isTakenBack(
    const RevisionRecord& revision,
    const std::vector<DecisionRecord>& decisions,
    const std::vector<DecisionRecord>& inForce)
{
    const auto names = [&](const std::vector<DecisionRecord>& list) {
        return std::any_of(list.begin(), list.end(), [&](const auto& one) {
            return one.revision == revision.id && one.verdict == Verdict::Accepted;
        });
    };
    // What was saved on the canvas stays, whatever was said about it.
    return !isEditedByHand(revision) && revision.origin != QLatin1StringView("taken")
           && names(decisions) && !names(inForce);
}

} // namespace

std::vector<DecisionRecord> decisionsInForce(const std::vector<DecisionRecord>& decisions)
{
    std::vector<DecisionRecord> inForce;
    for (const DecisionRecord& decision : decisions) {
        if (decision.verdict != Verdict::Withdrawn) {
            inForce.push_back(decision);
            continue;
        }
        const auto taken = std::find_if(inForce.rbegin(), inForce.rend(), [&](const auto& one) {
            return one.reader == decision.reader && one.image == decision.image;
        });
        if (taken != inForce.rend()) {
            inForce.erase(std::next(taken).base());
        }
    }
    return inForce;
}

RevisionId newestLabel(
    const std::vector<RevisionRecord>& revisions,
    const std::vector<DecisionRecord>& decisions,
    const QString& reader)
{
    const std::vector<DecisionRecord> inForce = decisionsInForce(decisions);
    RevisionId newest;
    for (const RevisionRecord& revision : revisions) {
        if (revision.kind != RevisionKind::Prediction && revision.id > newest
            && (reader.isEmpty() || revision.author == reader)
            && !isTakenBack(revision, decisions, inForce)) {
            newest = revision.id;
        }
    }
    return newest;
}

ReviewStatus reviewStatus(
    const std::vector<RevisionRecord>& revisions,
    const std::vector<DecisionRecord>& decisions,
    const QString& reader)
{
    ReviewStatus status;
    const std::vector<DecisionRecord> allInForce = decisionsInForce(decisions);
    std::vector<DecisionRecord> inForce = allInForce;
    if (!reader.isEmpty()) {
        std::erase_if(inForce, [&](const DecisionRecord& one) { return one.reader != reader; });
    }
    if (inForce.empty()) {
        status.reference = newestLabel(revisions, decisions, reader);
        return status;
    }
    const DecisionRecord& last = inForce.back();
    status.decision = last;
    status.state = stateOf(last.verdict);
    status.isContested = reader.isEmpty() && isContested(revisions, inForce);
    // Label maps that came from elsewhere (imported) say nothing about the one that was judged;
    // what a person drew here after the decision reopens the case.
    const bool isEdited =
        std::any_of(revisions.begin(), revisions.end(), [&](const RevisionRecord& revision) {
            return revision.kind == RevisionKind::Human && revision.id > last.revision
                   && revision.created >= last.created
                   && (reader.isEmpty() || revision.author == reader)
                   && !isTakenBack(revision, decisions, allInForce);
        });
    if (isEdited) {
        status.state = ReviewState::Reopened;
    }
    if (status.isContested) {
        return status;
    }
    if (status.state == ReviewState::Accepted) {
        status.reference = last.revision;
    } else if (status.state == ReviewState::Reopened && last.verdict == Verdict::Accepted) {
        status.reference = newestLabel(revisions, decisions, reader);
    }
    return status;
}

Result<std::map<ImageId, ReviewStatus>>
reviewStatuses(const ProjectStore& store, const QString& reader)
{
    auto revisions = store.allRevisions();
    if (!revisions) {
        return std::move(revisions).error();
    }
    auto decisions = store.allDecisions();
    if (!decisions) {
        return std::move(decisions).error();
    }
    struct Records
    {
        std::vector<RevisionRecord> revisions;
        std::vector<DecisionRecord> decisions;
    };
    std::map<ImageId, Records> byImage;
    for (RevisionRecord& revision : *revisions) {
        byImage[revision.image].revisions.push_back(std::move(revision));
    }
    for (DecisionRecord& decision : *decisions) {
        byImage[decision.image].decisions.push_back(std::move(decision));
    }
    std::map<ImageId, ReviewStatus> statuses;
    for (const auto& [image, records] : byImage) {
        statuses.emplace(image, reviewStatus(records.revisions, records.decisions, reader));
    }
    return statuses;
}

ReferenceOrigin originOf(const std::vector<RevisionRecord>& revisions, RevisionId revision)
{
    ReferenceOrigin origin;
    const RevisionRecord* current = find(revisions, revision);
    if (current == nullptr) {
        return origin;
    }
    origin.author = current->author;
    origin.origin = isPredicted(*current) ? QStringLiteral("accepted") : current->origin;
    origin.model = current->model;
    // Parents are older than their children, so this ends even where the records are damaged.
    while (const RevisionRecord* parent = find(revisions, current->parent)) {
        if (parent->id >= current->id) {
            break;
        }
        if (parent->kind == RevisionKind::Prediction) {
            origin.model = parent->model;
            origin.origin = QStringLiteral("accepted");
            origin.isCorrected = origin.isCorrected || isEditedByHand(*current);
            break;
        }
        if (!isEditedByHand(*parent) && isEditedByHand(*current)) {
            origin.isCorrected = true;
        }
        if (origin.model.isEmpty() || isPredicted(*parent)) {
            origin.model = parent->model;
        }
        origin.origin = isPredicted(*parent) ? QStringLiteral("accepted") : parent->origin;
        current = parent;
    }
    return origin;
}

Result<DecisionRecord> acceptRevision(
    ProjectStore& store,
    RevisionId revision,
    const QString& reader,
    const QString& reason,
    double secondsSpent)
{
    auto record = store.revision(revision);
    if (!record) {
        return std::move(record).error();
    }
    DecisionRecord decision;
    decision.image = record->image;
    decision.revision = revision;
    decision.verdict = Verdict::Accepted;
    decision.reader = reader;
    decision.reason = reason;
    decision.secondsSpent = secondsSpent;
    if (record->kind == RevisionKind::Prediction) {
        auto labels = store.revisionLabels(revision);
        if (!labels) {
            return std::move(labels).error();
        }
        RevisionRecord accepted;
        accepted.image = record->image;
        accepted.kind = RevisionKind::Human;
        accepted.author = reader;
        accepted.model = record->model;
        accepted.parent = revision;
        accepted.origin = QStringLiteral("accepted");
        auto id = store.addRevision(accepted, *labels);
        if (!id) {
            return std::move(id).error();
        }
        decision.revision = *id;
    }
    return store.addDecision(decision);
}

Result<DecisionRecord> withdrawDecision(ProjectStore& store, ImageId image, const QString& reader)
{
    auto decisions = store.decisions(image);
    if (!decisions) {
        return std::move(decisions).error();
    }
    const std::vector<DecisionRecord> inForce = decisionsInForce(*decisions);
    const auto last = std::find_if(
        inForce.rbegin(), inForce.rend(), [&](const auto& one) { return one.reader == reader; });
    if (last == inForce.rend()) {
        return Error{ErrorCode::NotFound, "there is no decision to take back", {}};
    }
    DecisionRecord withdrawal;
    withdrawal.image = image;
    withdrawal.revision = last->revision;
    withdrawal.verdict = Verdict::Withdrawn;
    withdrawal.reader = reader;
    return store.addDecision(withdrawal);
}

} // namespace guidino::project
