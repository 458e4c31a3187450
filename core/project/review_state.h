// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/project/project_types.h"

#include <QString>

#include <map>
#include <optional>
#include <vector>

namespace guidino::project {

class ProjectStore;

/// Where an image stands in the review, worked out from its revisions and decisions and never
/// stored, so that it cannot contradict them.
enum class ReviewState {
    Unreviewed,
    Accepted,
    Rejected,
    Unsure,
    Reopened, ///< was decided, and edited since
};

/// The review of one image.
struct ReviewStatus
{
    ReviewState state = ReviewState::Unreviewed;
    std::optional<DecisionRecord> decision; ///< the last in force
    /// What may be trained with; none for rejected, unsure and contested images, whatever was drawn
    /// on them.
    RevisionId reference;
    /// Readers accepted different revisions or judged differently, and nobody has decided between
    /// them.
    bool isContested = false;
};

/// Decisions that were not taken back, oldest first. A Withdrawn record takes back the newest
/// decision in force of its reader.
[[nodiscard]] std::vector<DecisionRecord>
decisionsInForce(const std::vector<DecisionRecord>& decisions);

/// The newest of what was drawn or brought in by hand; not what an acceptance made that was taken
/// back. Invalid where there is none. `reader`: of that author alone; empty: of anybody.
[[nodiscard]] RevisionId newestLabel(
    const std::vector<RevisionRecord>& revisions,
    const std::vector<DecisionRecord>& decisions,
    const QString& reader = {});

/// The status of one image. `reader`: as that reader left it, whatever others did (for blinded
/// second readings); empty: of the project.
[[nodiscard]] ReviewStatus reviewStatus(
    const std::vector<RevisionRecord>& revisions,
    const std::vector<DecisionRecord>& decisions,
    const QString& reader = {});

/// The status of every image that has a revision or a decision. One query each, whatever the number
/// of images.
[[nodiscard]] Result<std::map<ImageId, ReviewStatus>>
reviewStatuses(const ProjectStore& store, const QString& reader = {});

/// Where a reference came from: the first revision in its line of parents, kept for ever.
struct ReferenceOrigin
{
    QString origin; ///< "drawn", "accepted", "imported", "adjudicated"
    /// SHA-256 of the bundle whose prediction was accepted; where it was drawn or imported, of the
    /// one that parts were taken over from. Empty: none.
    QString model;
    QString author;
    bool isCorrected = false; ///< edited after it was accepted or imported
};

/// `revision` is one of `revisions`, which are all of its image.
[[nodiscard]] ReferenceOrigin
originOf(const std::vector<RevisionRecord>& revisions, RevisionId revision);

/// Stores the acceptance of a revision: a prediction becomes a human revision first (origin
/// "accepted", with the model's hash), so that the decision names what the reader saw as a label of
/// his own. Errors as ProjectStore.
[[nodiscard]] Result<DecisionRecord> acceptRevision(
    ProjectStore& store,
    RevisionId revision,
    const QString& reader,
    const QString& reason = {},
    double secondsSpent = 0);

/// Takes back the reader's last decision on the image. NotFound where there is none in force.
[[nodiscard]] Result<DecisionRecord>
withdrawDecision(ProjectStore& store, ImageId image, const QString& reader);

} // namespace guidino::project
