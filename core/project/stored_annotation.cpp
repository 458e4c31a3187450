// SPDX-License-Identifier: Apache-2.0
#include "core/project/stored_annotation.h"

#include "core/project/journal_codec.h"
#include "core/project/project_store.h"

#include <algorithm>
#include <utility>

namespace guidino::project {

namespace {

/// The newest human revision, else the newest imported mask. Labels that were merged from another
/// reader carry an author: they are no working copy of anybody here.
Result<RevisionId> newestOf(const ProjectStore& store, ImageId image)
{
    auto revisions = store.revisions(image);
    if (!revisions) {
        return std::move(revisions).error();
    }
    RevisionId human;
    RevisionId imported;
    for (const RevisionRecord& revision : *revisions) {
        if (revision.kind == RevisionKind::Human) {
            human = revision.id;
        } else if (revision.kind == RevisionKind::Imported && revision.author.isEmpty()) {
            imported = revision.id;
        }
    }
    return human.isValid() ? human : imported;
}

} // namespace

Result<StoredAnnotation> readAnnotation(const ProjectStore& store, ImageId image, Size size)
{
    auto journal = store.journal(image);
    if (!journal) {
        return std::move(journal).error();
    }
    const auto lastSave =
        std::find_if(journal->rbegin(), journal->rend(), [](const JournalEntry& entry) {
            return entry.kind == JournalKind::Save;
        });
    StoredAnnotation stored;
    if (lastSave != journal->rend()) {
        stored.base = lastSave->revision;
    } else if (auto newest = newestOf(store, image)) {
        stored.base = *newest;
    } else {
        return std::move(newest).error();
    }
    stored.saved = LabelMap(size);
    if (stored.base.isValid()) {
        auto labels = store.revisionLabels(stored.base);
        if (!labels) {
            return std::move(labels).error();
        }
        if (labels->size() == size) {
            stored.saved = std::move(labels).value();
        }
    }
    stored.labels = stored.saved;
    const std::int64_t savedUpTo = lastSave != journal->rend() ? lastSave->id : 0;
    for (JournalEntry& entry : *journal) {
        const bool isUnsaved = entry.id > savedUpTo;
        switch (entry.kind) {
        case JournalKind::Edit:
            if (isUnsaved) {
                applyTiles(stored.labels, entry.tiles);
            }
            stored.steps.resize(static_cast<std::size_t>(stored.index));
            if (stored.savedIndex > stored.index) {
                stored.savedIndex = -1;
            }
            stored.steps.push_back(
                {std::move(entry.text),
                 entry.created,
                 std::move(entry.tiles),
                 std::move(entry.model)});
            ++stored.index;
            break;
        case JournalKind::Undo:
            if (stored.index > 0) {
                --stored.index;
                if (isUnsaved) {
                    revertTiles(
                        stored.labels, stored.steps[static_cast<std::size_t>(stored.index)].tiles);
                }
            }
            break;
        case JournalKind::Redo:
            if (stored.index < static_cast<int>(stored.steps.size())) {
                if (isUnsaved) {
                    applyTiles(
                        stored.labels, stored.steps[static_cast<std::size_t>(stored.index)].tiles);
                }
                ++stored.index;
            }
            break;
        case JournalKind::Save:
            stored.savedIndex = stored.index;
            break;
        }
        if (isUnsaved) {
            ++stored.unsavedSteps;
            stored.lastEdit = entry.created;
        }
    }
    return stored;
}

std::vector<JournalEntry>
entriesBackToSaved(ImageId image, const StoredAnnotation& stored, const QString& text)
{
    std::vector<JournalEntry> entries;
    const auto add = [&](JournalKind kind) -> JournalEntry& {
        JournalEntry& entry = entries.emplace_back();
        entry.image = image;
        entry.kind = kind;
        return entry;
    };
    if (stored.savedIndex >= 0) {
        for (int i = stored.index; i > stored.savedIndex; --i) {
            add(JournalKind::Undo);
        }
        for (int i = stored.index; i < stored.savedIndex; ++i) {
            add(JournalKind::Redo);
        }
    } else {
        JournalEntry& edit = add(JournalKind::Edit);
        edit.text = text;
        for (std::size_t i = 0; i < stored.labels.tileCount(); ++i) {
            const auto& before = stored.labels.tile(i);
            const auto& after = stored.saved.tile(i);
            if (before != after && *before != *after) {
                edit.tiles.push_back({static_cast<std::uint32_t>(i), before, after});
            }
        }
        if (edit.tiles.empty()) {
            entries.pop_back();
        }
    }
    add(JournalKind::Save).revision = stored.base;
    return entries;
}

} // namespace guidino::project
