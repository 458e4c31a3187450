// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/project/project_types.h"

#include <vector>

/// An image's working labels as the project keeps them: a revision, and the journal after it.
namespace guidino::project {

class ProjectStore;

/// A step of the history, oldest first.
struct StoredStep
{
    QString text; ///< what it did
    QDateTime created;
    std::vector<TileChange> tiles;
    QString model; ///< whose prediction it took pixels of; empty: of none
};

/// The labels of an image with their history.
struct StoredAnnotation
{
    LabelMap labels; ///< as they were when the program ended
    LabelMap saved;  ///< the state that was saved last; background where there is no base
    RevisionId base; ///< the saved revision; 0: nothing was saved or imported yet
    std::vector<StoredStep> steps;
    int index = 0;        ///< so many steps are in force, the others were undone
    int savedIndex = 0;   ///< the index that was saved; -1: the history does not lead there
    int unsavedSteps = 0; ///< edits, undos and redos since then
    QDateTime lastEdit;   ///< of the newest of these
};

/// Replays the journal over the revision that the last save mark names, else over the newest human
/// or imported one. `size` is that of the image; a revision of another size is left out. Any thread
/// with a store of its own (ReadOnly will do). BadInput where what is stored is damaged.
[[nodiscard]] Result<StoredAnnotation>
readAnnotation(const ProjectStore& store, ImageId image, Size size);

/// Journal lines that lead from the present state back to the saved one, ending with a save mark:
/// what "discard" appends for an image whose document is not loaded.
[[nodiscard]] std::vector<JournalEntry>
entriesBackToSaved(ImageId image, const StoredAnnotation& stored, const QString& text);

} // namespace guidino::project
