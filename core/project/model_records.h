// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

/// The models of a project and what was done with them, as values. Times are UTC; models are named
/// by the SHA-256 of their bundle's weights.
namespace guidino::project {

struct RevisionRecord;

/// A model of the project.
struct ModelRecord
{
    QString sha256;
    QString name;   ///< as shown
    QString path;   ///< bundle folder or zip
    QString parent; ///< of the model that it was fine-tuned from; empty: it began from nothing
    QString run;    ///< run folder; empty: it came from elsewhere
    QString record; ///< JSON object: scores and what else is known; never null
    QDateTime added;
};

/// Where a model stands; worked out from the deeds and never stored, so that it cannot contradict
/// them.
enum class ModelState {
    Offered, ///< trained or brought in, not in use
    Current, ///< what the project predicts with
    Retired, ///< was current, or was put aside
};

/// What was done with a model.
enum class ModelDeed {
    Offered = 1,
    Adopted = 2,    ///< became current; `other`: what was current before
    RolledBack = 3, ///< became current again; `other`: the model that it took the place of
    Retired = 4,    ///< was put aside
    Restored = 5,   ///< is offered again
    Looked = 6,     ///< judged on the locked set; `other`: the model it was compared with
};

/// A line of the append-only, hash-chained trail of models.
struct ModelEvent
{
    std::int64_t id = 0;
    QString model;
    ModelDeed deed = ModelDeed::Offered;
    QString other;
    QString author;
    QString reason;  ///< in the author's words, of an adoption against the gate above all
    QString details; ///< JSON object, such as the figures of the gate
    QDateTime created;
    QString hash; ///< SHA-256 over this record and the hash before it
};

/// The model in use by the trail; empty: none was adopted.
[[nodiscard]] QString currentModelOf(const std::vector<ModelEvent>& events);

/// The model that was current before the present one, as "roll back" wants it; empty: there is
/// none.
[[nodiscard]] QString formerModelOf(const std::vector<ModelEvent>& events);

[[nodiscard]] ModelState stateOfModel(const QString& sha256, const std::vector<ModelEvent>& events);

/// How often models were judged on the locked set; `model` empty: any.
[[nodiscard]] int lockedLooksOf(const std::vector<ModelEvent>& events, const QString& model = {});

/// The model itself and all that it descends from, known to the project or not. Ends where records
/// are damaged and go round.
[[nodiscard]] std::set<QString>
lineageOf(const QString& sha256, const std::vector<ModelRecord>& models);

/// Models whose predictions a revision's labels came from, in whole or in part: its own and those
/// of all revisions that it descends from, each once. `revisions` are all of its image.
[[nodiscard]] QStringList
sourcesOf(const std::vector<RevisionRecord>& revisions, RevisionId revision);

} // namespace guidino::project
