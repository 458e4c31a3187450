// SPDX-License-Identifier: Apache-2.0
#include "ui/model/dataset_controller.h"

#include "core/datasets/dataset.h"
#include "core/project/journal_codec.h"
#include "ui/model/project_controller.h"

#include <QTimer>
#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

DatasetController::DatasetController(ProjectController& project, QObject* parent)
    : QObject(parent)
    , m_project(project)
{
    m_documents.setJournal(
        [this](project::JournalEntry entry) { m_project.appendEdit(std::move(entry)); });
    connect(&project, &ProjectController::openingChanged, this, &DatasetController::openingChanged);
    connect(&project, &ProjectController::aboutToClose, this, [this] {
        if (m_current != nullptr) {
            m_current->cancelStroke();
        }
        m_survey.stop();
    });
    connect(&project, &ProjectController::closed, this, &DatasetController::clear);
    connect(
        &project,
        &ProjectController::opened,
        this,
        [this](const std::shared_ptr<OpenedProject>& content) { adopt(*content); });
    connect(&project, &ProjectController::classesChanged, this, &DatasetController::classesChanged);
    connect(&project, &ProjectController::imageChanged, this, &DatasetController::refreshEntry);
    connect(&project, &ProjectController::kept, this, &DatasetController::kept);
    connect(
        &project, &ProjectController::problemOccurred, this, &DatasetController::problemOccurred);
    connect(&m_survey, &ProjectSurvey::missingFound, this, [this](const auto& missing) {
        m_images.updateAll(missing, [](ImageEntry& item) { item.isMissing = true; });
        if (!missing.empty()) {
            Q_EMIT problemOccurred(
                {Notice::Severity::Warning,
                 tr("%n image(s) are not where they were.",
                    nullptr,
                    static_cast<int>(missing.size())),
                 tr("They stay in the list; what was drawn and decided is kept."),
                 Notice::Action::LocateImages,
                 QStringLiteral("missing")});
        }
    });
    connect(&m_survey, &ProjectSurvey::found, this, &DatasetController::noteFindings);
}

DatasetController::~DatasetController()
{
    m_survey.stop();
    flush();
    m_pool.clear();
    m_pool.waitForDone();
}

const LabelClasses& DatasetController::classes() const
{
    return m_project.classes();
}

void DatasetController::open(const QStringList& paths)
{
    m_project.open(paths);
}

void DatasetController::clear()
{
    ++m_generation;
    m_current = nullptr;
    m_wanted = {};
    m_loading.clear();
    m_recentlyUsed.clear();
    m_unsaved.clear();
    m_bases.clear();
    m_recovered.clear();
    m_saving = 0;
    Q_EMIT currentChanged(nullptr);
    m_images.setEntries({});
    m_documents.clear();
    Q_EMIT modifiedCountChanged(0);
}

void DatasetController::adopt(OpenedProject& content)
{
    clear();
    m_labelsFolder = content.labelsFolder.toStdString();
    m_maskReader = content.maskReader;
    for (const ImageEntry& entry : content.entries) {
        if (entry.isEdited) {
            m_unsaved.insert(entry.id.value);
            if (content.wasInterrupted) {
                m_recovered.push_back(entry.id);
            }
        }
    }
    m_images.setEntries(std::move(content.entries));
    Q_EMIT classesChanged();
    Q_EMIT opened();
    Q_EMIT modifiedCountChanged(modifiedCount());
    tellWhatWasFound(content);
    show(content.first.isValid() ? m_images.rowOf(content.first) : 0);
    // After the list is on the screen: a hundred thousand items are gathered for it.
    constexpr int kSurveyAfterMs = 250;
    QTimer::singleShot(kSurveyAfterMs, this, [this, generation = m_generation] {
        if (generation == m_generation) {
            startSurvey();
        }
    });
}

void DatasetController::tellWhatWasFound(const OpenedProject& content)
{
    if (!content.problems.isEmpty()) {
        constexpr int kMost = 12;
        Q_EMIT problemOccurred(
            {Notice::Severity::Warning,
             tr("%n file(s) of this folder cannot be used.",
                nullptr,
                static_cast<int>(content.problems.size())),
             content.problems.mid(0, kMost).join(QLatin1Char('\n')),
             Notice::Action::None,
             QStringLiteral("dataset")});
    }
    if (!content.keptAside.isEmpty()) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Warning,
             tr("This project was changed elsewhere. What was done here and not written back is "
                "kept "
                "as a backup."),
             content.keptAside,
             Notice::Action::None,
             QStringLiteral("aside")});
    }
    if (content.isSealed) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Warning,
             tr("The project's folder cannot be written to. It is open for reading only: nothing "
                "can be painted or decided. Copy the folder to work on it."),
             m_project.folder(),
             Notice::Action::None,
             QStringLiteral("readonly")});
    } else if (m_project.isReadOnly()) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Info,
             tr("Open for reading only: nothing can be painted or decided."),
             m_project.folder(),
             Notice::Action::TakeOver,
             QStringLiteral("readonly")});
    } else if (!m_unsaved.isEmpty()) {
        const int count = modifiedCount();
        Q_EMIT problemOccurred(
            {Notice::Severity::Info,
             content.wasInterrupted
                 ? tr(
                     "The program ended unexpectedly. Unsaved labels of %n image(s) came back.",
                     nullptr,
                     count)
                 : tr(
                     "Unsaved labels of %n image(s) from an earlier session are back.",
                     nullptr,
                     count),
             m_project.folder(),
             content.wasInterrupted ? Notice::Action::ShowRecovered : Notice::Action::SaveAll,
             QStringLiteral("recovery")});
    }
}

void DatasetController::show(int row)
{
    if (row < 0 || row >= m_images.rowCount()) {
        return;
    }
    const ImageEntry& entry = m_images.entry(row);
    m_wanted = entry.id;
    m_images.setCurrentRow(row);
    AnnotationDocument* document = m_documents.document(entry.id);
    if (document != nullptr && document->image() != nullptr) {
        makeCurrent(*document);
    } else {
        Q_EMIT loadingStarted(entry.stem);
        load(row);
    }
}

void DatasetController::showNext()
{
    show(m_images.currentRow() + 1);
}

void DatasetController::showPrevious()
{
    show(m_images.currentRow() - 1);
}

void DatasetController::noteLabels(AnnotationDocument& document)
{
    m_images.update(m_images.rowOf(document.id()), [&](ImageEntry& item) {
        item.isLabelled = hasLabels(document.labels());
    });
    Q_EMIT labelsChanged(document.id());
}

void DatasetController::setUnsaved(ImageId id, bool isUnsaved)
{
    const qsizetype before = m_unsaved.size();
    if (isUnsaved) {
        m_unsaved.insert(id.value);
    } else {
        m_unsaved.remove(id.value);
    }
    refreshEntry(id);
    if (m_unsaved.size() != before) {
        Q_EMIT modifiedCountChanged(modifiedCount());
    }
}

void DatasetController::refreshEntry(ImageId id)
{
    const int row = m_images.rowOf(id);
    if (row < 0 || m_isImporting || m_project.store() == nullptr) {
        return;
    }
    auto state = m_project.store()->imageState(id);
    const auto record = m_project.store()->image(id);
    if (!state || !record) {
        return;
    }
    // The journal on disk may be a moment behind.
    state->hasUnsavedEdits = m_unsaved.contains(id.value);
    m_images.update(row, [&](ImageEntry& item) {
        const bool isLabelled = item.isLabelled;
        item.take(*state);
        if (m_documents.document(id) != nullptr) {
            item.isLabelled = isLabelled || hasLabels(m_documents.document(id)->labels());
        }
        const ImageEntry now = entryOf(*record, m_project.folder());
        if (now.image != item.image) { // it was found somewhere else
            item.image = now.image;
            item.name = now.name;
            item.isMissing = false;
            item.problem.clear();
        }
        item.split = now.split;
        item.group = now.group;
    });
}

void DatasetController::showAdded(std::shared_ptr<const datasets::MaskReader> maskReader)
{
    if (m_project.store() == nullptr) {
        return;
    }
    const auto records = m_project.store()->images();
    if (!records) {
        return;
    }
    const ImageId last = m_images.entries().empty() ? ImageId() : m_images.entries().back().id;
    std::vector<ImageEntry> entries;
    for (const project::ImageRecord& record : *records) {
        if (record.id > last) {
            entries.push_back(entryOf(record, m_project.folder()));
            entries.back().isLabelled = !entries.back().mask.empty();
        }
    }
    if (m_maskReader == nullptr) {
        m_maskReader = std::move(maskReader);
    }
    const bool wasEmpty = m_images.entries().empty();
    m_images.append(std::move(entries));
    startSurvey();
    if (wasEmpty) {
        show(0);
    }
}

void DatasetController::noteEditedElsewhere(ImageId id)
{
    setUnsaved(id, true);
}

LabelSource DatasetController::labelSourceOf(const ImageEntry& entry) const
{
    LabelSource source;
    source.project = m_project.folder();
    source.database = m_project.databaseFile();
    source.image = entry.id;
    if (!m_labelsFolder.empty() && !entry.labelFile.empty()) {
        source.saved = m_labelsFolder / entry.labelFile;
    }
    source.mask = entry.mask;
    source.reader = m_maskReader;
    return source;
}

void DatasetController::startSurvey()
{
    std::vector<SurveyItem> items;
    items.reserve(m_images.entries().size());
    const bool canWrite = !m_project.isReadOnly();
    for (const ImageEntry& entry : m_images.entries()) {
        SurveyItem item;
        item.image = entry.id;
        item.file = entry.image;
        item.wantsContent = canWrite && !entry.isHashed;
        item.wantsMask = canWrite && !entry.isStored && entry.isLabelled;
        if (item.wantsMask) {
            item.source = labelSourceOf(entry);
        }
        items.push_back(std::move(item));
    }
    m_survey.start(std::move(items));
}

void DatasetController::noteFindings(const std::vector<SurveyFinding>& findings)
{
    std::vector<project::ImageContent> contents;
    for (const SurveyFinding& finding : findings) {
        const int row = m_images.rowOf(finding.image);
        if (row < 0 || finding.isMissing) {
            continue;
        }
        if (!finding.sha256.isEmpty()) {
            contents.push_back({finding.image, finding.sha256, finding.size});
            m_images.update(row, [&](ImageEntry& item) {
                item.size = finding.size;
                item.isHashed = true;
            });
        }
        if (!m_images.entry(row).isStored && m_documents.document(finding.image) == nullptr) {
            importMask(m_images.entry(row), finding.labels, finding.classes);
            m_bases.remove(finding.image.value); // kept for loaded documents only
        }
    }
    if (!contents.empty()) {
        (void)m_project.setContents(contents);
    }
}

} // namespace guidino::ui
