// SPDX-License-Identifier: Apache-2.0
#include "ui/model/class_controller.h"

#include "core/project/journal_codec.h"
#include "core/project/project_store.h"
#include "core/project/stored_annotation.h"
#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/project_controller.h"

#include <QPointer>
#include <QtConcurrentRun>

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace guidino::ui {

namespace {

/// Labels and what is left of them after a function of the pixels.
using PixelFunction = std::function<void(std::size_t tile, LabelMap::Tile& pixels)>;

/// The tiles that the function changes.
std::vector<project::TileChange> changedTiles(const LabelMap& labels, const PixelFunction& change)
{
    std::vector<project::TileChange> tiles;
    for (std::size_t i = 0; i < labels.tileCount(); ++i) {
        LabelMap::Tile after = *labels.tile(i);
        change(i, after);
        if (after != *labels.tile(i)) {
            tiles.push_back(
                {static_cast<std::uint32_t>(i),
                 labels.tile(i),
                 std::make_shared<const LabelMap::Tile>(after)});
        }
    }
    return tiles;
}

PixelFunction mapped(const std::array<std::uint8_t, 256>& mapping)
{
    return [mapping](std::size_t /*tile*/, LabelMap::Tile& pixels) {
        for (std::uint8_t& value : pixels) {
            value = mapping[value];
        }
    };
}

/// Undoes a change where nothing came after it.
PixelFunction takenBack(const std::vector<project::TileChange>& changed)
{
    std::unordered_map<std::size_t, project::TileChange> byTile;
    for (const project::TileChange& one : changed) {
        byTile.emplace(one.tile, one);
    }
    return [byTile = std::move(byTile)](std::size_t tile, LabelMap::Tile& pixels) {
        const auto found = byTile.find(tile);
        if (found == byTile.end()) {
            return;
        }
        const LabelMap::Tile& before = *found->second.before;
        const LabelMap::Tile& after = *found->second.after;
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            if (before[i] != after[i] && pixels[i] == after[i]) {
                pixels[i] = before[i];
            }
        }
    };
}

} // namespace

/// A change of the list alone.
class ClassListCommand : public QUndoCommand
{
public:
    ClassListCommand(ClassController& owner, LabelClasses after, const QString& text)
        : QUndoCommand(text)
        , m_owner(owner)
        , m_before(owner.m_project.classes())
        , m_after(std::move(after))
    {}

    void undo() override { (void)m_owner.m_project.setClasses(m_before); }

    void redo() override { (void)m_owner.m_project.setClasses(m_after); }

private:
    ClassController& m_owner; // owns the stack that owns this
    LabelClasses m_before;
    LabelClasses m_after;
};

/// A change of the list and of the labels of all images.
class ClassPixelsCommand : public QUndoCommand
{
public:
    ClassPixelsCommand(
        ClassController& owner,
        const ClassController::Mapping& mapping,
        LabelClasses after,
        UndoText text)
        : QUndoCommand(text.text())
        , m_owner(owner)
        , m_mapping(mapping)
        , m_before(owner.m_project.classes())
        , m_after(std::move(after))
        , m_text(std::move(text))
    {}

    void redo() override
    {
        (void)m_owner.m_project.setClasses(m_after);
        m_owner.mapPixels(m_mapping, m_text, [changes = m_changes](ClassController::Changes made) {
            *changes = std::move(made);
        });
    }

    void undo() override
    {
        (void)m_owner.m_project.setClasses(m_before);
        m_owner.takeBack(*m_changes, m_text);
    }

private:
    ClassController& m_owner; // owns the stack that owns this
    ClassController::Mapping m_mapping;
    LabelClasses m_before;
    LabelClasses m_after;
    UndoText m_text;
    // Filled when the labels were changed, after redo() has returned.
    std::shared_ptr<ClassController::Changes> m_changes =
        std::make_shared<ClassController::Changes>();
};

ClassController::ClassController(
    ProjectController& project, DatasetController& dataset, QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_dataset(dataset)
{
    m_pool.setMaxThreadCount(1);
    connect(&project, &ProjectController::closed, this, [this] {
        m_undoStack.clear();
        become(false);
    });
}

ClassController::~ClassController()
{
    m_undoStack.disconnect(); // it tells of being emptied, to views of a controller that is gone
    m_pool.waitForDone();
}

void ClassController::become(bool isBusy)
{
    if (std::exchange(m_isBusy, isBusy) != isBusy) {
        Q_EMIT busyChanged(isBusy);
    }
}

QString ClassController::reasonAgainst(int index) const
{
    if (!m_project.isOpen()) {
        return tr("Open a project or a folder first.");
    }
    if (m_project.isReadOnly()) {
        return tr("The project is open for reading only.");
    }
    if (m_isBusy) {
        return tr("Labels are being changed.");
    }
    const LabelClasses& classes = m_project.classes();
    const auto found = std::find_if(
        classes.begin(), classes.end(), [index](const auto& one) { return one.index == index; });
    return found != classes.end() && found->isLocked ? tr("The class is locked. Unlock it first.")
                                                     : QString();
}

void ClassController::push(const LabelClasses& after, const QString& text)
{
    if (after != m_project.classes() && m_project.isOpen() && !m_project.isReadOnly()
        && !m_isBusy) {
        m_undoStack.push(new ClassListCommand(*this, after, text));
    }
}

void ClassController::rename(int index, const QString& name)
{
    LabelClasses classes = m_project.classes();
    for (LabelClass& one : classes) {
        if (one.index == index && !name.trimmed().isEmpty()) {
            one.name = name.trimmed();
        }
    }
    push(classes, UndoText::renameClass(name.trimmed()).text());
}

void ClassController::setColor(int index, const QColor& color)
{
    LabelClasses classes = m_project.classes();
    for (LabelClass& one : classes) {
        if (one.index == index && color.isValid()) {
            one.color = QColor(color.red(), color.green(), color.blue());
        }
    }
    push(classes, UndoText::colourClass(classNameOf(classes, index)).text());
}

void ClassController::setLocked(int index, bool isLocked)
{
    LabelClasses classes = m_project.classes();
    for (LabelClass& one : classes) {
        if (one.index == index) {
            one.isLocked = isLocked;
        }
    }
    const QString name = classNameOf(classes, index);
    push(classes, (isLocked ? UndoText::lockClass(name) : UndoText::unlockClass(name)).text());
}

int ClassController::add(const QString& name)
{
    LabelClasses classes = m_project.classes();
    int free = 1;
    for (const LabelClass& one : classes) { // in order of their numbers
        free = one.index == free ? free + 1 : free;
    }
    if (free >= kIgnoreLabel || m_isBusy) {
        return 0;
    }
    const auto at = std::find_if(
        classes.begin(), classes.end(), [free](const auto& one) { return one.index > free; });
    classes.insert(
        at,
        LabelClass{
            static_cast<std::uint8_t>(free),
            name.trimmed().isEmpty() ? tr("Class %1").arg(free) : name.trimmed(),
            defaultClassColor(free)});
    push(classes, UndoText::addClass(name.trimmed()).text());
    return free;
}

void ClassController::merge(int index, int into)
{
    LabelClasses classes = m_project.classes();
    if (index == into || !reasonAgainst(index).isEmpty() || !reasonAgainst(into).isEmpty()) {
        return;
    }
    const QString name = classNameOf(classes, index);
    const QString target = classNameOf(classes, into);
    classes.removeIf([index](const LabelClass& one) { return one.index == index; });
    Mapping mapping{};
    std::iota(mapping.begin(), mapping.end(), std::uint8_t{0});
    mapping[static_cast<std::size_t>(index)] = static_cast<std::uint8_t>(into);
    pushPixels(
        mapping,
        classes,
        into == 0 ? UndoText::deleteClass(name) : UndoText::mergeClass(name, target));
}

void ClassController::renumber(int index, int to)
{
    LabelClasses classes = m_project.classes();
    const auto hasNumber = [&classes](int number) {
        return std::any_of(classes.begin(), classes.end(), [number](const auto& one) {
            return one.index == number;
        });
    };
    if (to < 1 || to >= kIgnoreLabel || hasNumber(to) || !hasNumber(index)
        || !reasonAgainst(index).isEmpty()) {
        return;
    }
    const QString name = classNameOf(classes, index);
    for (LabelClass& one : classes) {
        if (one.index == index) {
            one.index = static_cast<std::uint8_t>(to);
        }
    }
    std::sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) {
        return a.index < b.index;
    });
    Mapping mapping{};
    std::iota(mapping.begin(), mapping.end(), std::uint8_t{0});
    mapping[static_cast<std::size_t>(index)] = static_cast<std::uint8_t>(to);
    pushPixels(mapping, classes, UndoText::renumberClass(name, to));
}

void ClassController::pushPixels(
    const Mapping& mapping, const LabelClasses& after, const UndoText& text)
{
    m_undoStack.push(new ClassPixelsCommand(*this, mapping, after, text));
}

void ClassController::mapPixels(
    const Mapping& mapping, const UndoText& text, const std::function<void(Changes)>& done)
{
    Changes changes;
    std::vector<std::pair<ImageId, std::filesystem::path>> others;
    for (const ImageEntry& entry : m_dataset.images().entries()) {
        if (AnnotationDocument* document = m_dataset.document(entry.id)) {
            const auto tiles = changedTiles(document->labels(), mapped(mapping));
            if (!tiles.empty()) {
                document->applyTiles(tiles, text);
                changes.push_back({entry.id, project::encodeTiles(tiles)});
            }
            continue;
        }
        // Saved labels are known to hold the class or not; unsaved ones are looked into.
        const bool mayHold =
            entry.isEdited
            || std::any_of(entry.classes.begin(), entry.classes.end(), [&](std::uint8_t value) {
                   return mapping[value] != value;
               });
        if (mayHold) {
            others.emplace_back(entry.id, entry.image);
        }
    }
    become(true);
    const auto work = [folder = m_project.folder(),
                       database = m_project.databaseFile(),
                       others,
                       mapping]() -> Result<Changes> {
        auto store = project::ProjectStore::openReader(folder, database);
        if (!store) {
            return std::move(store).error();
        }
        Changes found;
        for (const auto& [id, file] : others) {
            const auto size = (*store)->sizeOfLabels(id);
            if (!size) {
                return size.error();
            }
            auto stored = project::readAnnotation(**store, id, *size);
            if (!stored) {
                return std::move(stored).error();
            }
            const auto tiles = changedTiles(stored->labels, mapped(mapping));
            if (!tiles.empty()) {
                found.push_back({id, project::encodeTiles(tiles)});
            }
        }
        return found;
    };
    afterwards(
        QtConcurrent::run(&m_pool, work),
        this,
        [this, changes, text, done, folder = m_project.folder()](Result<Changes> found) mutable {
            if (folder != m_project.folder()) {
                return; // another project is open
            }
            become(false);
            if (!found) {
                Q_EMIT problemOccurred(noticeFor(
                    found.error(), tr("Some images keep their old labels."), Notice::Action::None));
            } else {
                for (ChangedImage& one : *found) {
                    auto tiles = project::decodeTiles(one.tiles);
                    if (!tiles) {
                        continue;
                    }
                    if (AnnotationDocument* document = m_dataset.document(one.image)) {
                        document->applyTiles(*tiles, text); // it was opened meanwhile
                    } else {
                        project::JournalEntry entry;
                        entry.image = one.image;
                        entry.text = text.text();
                        entry.tiles = std::move(*tiles);
                        m_project.appendEdit(std::move(entry));
                        m_dataset.noteEditedElsewhere(one.image);
                    }
                    changes.push_back(std::move(one));
                }
            }
            const int count = static_cast<int>(changes.size());
            done(std::move(changes));
            Q_EMIT labelsChanged(count);
        });
}

void ClassController::takeBack(const Changes& changes, const UndoText& text)
{
    if (m_project.store() == nullptr || !m_project.flush()) {
        return;
    }
    for (const ChangedImage& one : changes) {
        const auto changed = project::decodeTiles(one.tiles);
        if (!changed) {
            continue;
        }
        if (AnnotationDocument* document = m_dataset.document(one.image)) {
            document->applyTiles(changedTiles(document->labels(), takenBack(*changed)), text);
            continue;
        }
        const auto size = m_project.store()->sizeOfLabels(one.image);
        auto stored = size ? project::readAnnotation(*m_project.store(), one.image, *size)
                           : Result<project::StoredAnnotation>(size.error());
        if (!stored) {
            continue;
        }
        project::JournalEntry entry;
        entry.image = one.image;
        entry.text = text.text();
        entry.tiles = changedTiles(stored->labels, takenBack(*changed));
        if (!entry.tiles.empty()) {
            m_project.appendEdit(std::move(entry));
            m_dataset.noteEditedElsewhere(one.image);
        }
    }
    Q_EMIT labelsChanged(static_cast<int>(changes.size()));
}

} // namespace guidino::ui
