// SPDX-License-Identifier: Apache-2.0
#include "ui/model/review_controller.h"

#include "core/project/redaction.h"
#include "ui/model/annotation_document.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/review_text.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

using project::DecisionRecord;
using project::RevisionKind;
using project::RevisionRecord;
using project::Verdict;

const QString kSignals = QStringLiteral("review/signals/");
const QString kTime = QStringLiteral("review/time");
const QString kReasons = QStringLiteral("review/reasons");
const QString kLeftOut = QStringLiteral("review/left-out");

/// Time without an answer that counts as a break: nobody looks at one case for longer.
constexpr double kLongestLookSeconds = 15 * 60;

} // namespace

ReviewController::ReviewController(
    ProjectController& project, DatasetController& dataset, QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_dataset(dataset)
{
    connect(&project, &ProjectController::imageChanged, this, &ReviewController::refreshItem);
    connect(&project, &ProjectController::aboutToClose, this, [this] {
        setActive(false);
        m_queue.clear();
        m_done.clear();
        m_trail.clear();
        m_passed.clear();
        m_current = {};
        Q_EMIT queueChanged();
    });
    connect(&dataset, &DatasetController::currentChanged, this, [this](AnnotationDocument* shown) {
        if (shown == nullptr || !m_isActive) {
            return;
        }
        if (m_putBack && m_putBack->image == shown->id()) {
            putBack(*m_putBack);
            m_putBack.reset();
        }
        if (shown->id() == m_current) {
            m_clock.start(); // the look begins when there is something to see
            Q_EMIT currentChanged();
        }
    });
}

const ReviewController::Item* ReviewController::item(ImageId image) const
{
    const auto found = std::find_if(
        m_queue.begin(), m_queue.end(), [image](const Item& one) { return one.image == image; });
    return found == m_queue.end() ? nullptr : &*found;
}

const ReviewController::Item* ReviewController::current() const
{
    return item(m_current);
}

AnnotationDocument* ReviewController::document() const
{
    AnnotationDocument* shown = m_dataset.current();
    return shown != nullptr && shown->id() == m_current ? shown : nullptr;
}

int ReviewController::decidedCount() const
{
    return static_cast<int>(std::count_if(
        m_queue.begin(), m_queue.end(), [](const Item& one) { return !one.isOpen(); }));
}

QString ReviewController::reader() const
{
    return m_project.author();
}

void ReviewController::setReader(const QString& name)
{
    if (name.trimmed().isEmpty() || name.trimmed() == reader()) {
        return;
    }
    m_project.setAuthor(name.trimmed());
    m_done.clear(); // only one's own decisions can be taken back
    rank();
    Q_EMIT currentChanged();
}

void ReviewController::setBlinded(bool isBlinded)
{
    if (m_isBlinded != isBlinded) {
        m_isBlinded = isBlinded;
        rank();
        Q_EMIT currentChanged();
    }
}

bool ReviewController::recordsTime() const
{
    return m_project.store() == nullptr
           || m_project.store()->info(kTime).value_or(QString()) != QLatin1StringView("off");
}

void ReviewController::setRecordsTime(bool records)
{
    (void)m_project.setInfo(kTime, records ? QStringLiteral("on") : QStringLiteral("off"));
}

QStringList ReviewController::reasonTexts() const
{
    QStringList texts = ReviewText::defaultReasons();
    if (m_project.store() == nullptr) {
        return texts;
    }
    const QString stored = m_project.store()->info(kReasons).value_or(QString());
    const QJsonArray own = QJsonDocument::fromJson(stored.toUtf8()).array();
    for (qsizetype i = 0; i < std::min(own.size(), texts.size()); ++i) {
        texts[i] = own[i].toString();
    }
    return texts;
}

void ReviewController::setReasonTexts(const QStringList& texts)
{
    (void)m_project.setInfo(
        kReasons,
        QString::fromUtf8(
            QJsonDocument(QJsonArray::fromStringList(texts)).toJson(QJsonDocument::Compact)));
    m_reason.clear();
    Q_EMIT reasonChanged();
}

bool ReviewController::isWanted(project::ReviewReason reason) const
{
    return !m_unwanted.contains(static_cast<int>(reason));
}

void ReviewController::setWanted(project::ReviewReason reason, bool isWanted)
{
    if (isWanted) {
        m_unwanted.remove(static_cast<int>(reason));
    } else {
        m_unwanted.insert(static_cast<int>(reason));
    }
    QStringList names;
    for (const int one : std::as_const(m_unwanted)) {
        names.append(QString::number(one));
    }
    (void)m_project.setInfo(kLeftOut, names.join(QLatin1Char(' ')));
    rank();
}

void ReviewController::load()
{
    const project::ProjectStore* store = m_project.store();
    if (store == nullptr) {
        m_queue.clear();
        return;
    }
    const auto images = store->images();
    const auto found = store->infos(kSignals);
    const auto statuses = project::reviewStatuses(*store, m_isBlinded ? reader() : QString());
    if (!images || !found || !statuses) {
        tell(
            !images  ? images.error()
            : !found ? found.error()
                     : statuses.error(),
            tr("The review could not be read."));
        return;
    }
    std::vector<project::ReviewCandidate> candidates;
    candidates.reserve(images->size());
    for (const project::ImageRecord& image : *images) {
        const auto one = found->find(kSignals + QString::number(image.id.value));
        const auto status = statuses->find(image.id);
        candidates.push_back(
            {image.id,
             one == found->end() ? std::nullopt
                                 : project::reviewSignalsFrom(one->second.toUtf8()),
             status != statuses->end()
                 && status->second.state == project::ReviewState::Rejected});
    }
    m_unwanted.clear();
    const QString leftOut = store->info(kLeftOut).value_or(QString());
    for (const QString& one : leftOut.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        m_unwanted.insert(one.toInt());
    }
    std::vector<project::ReviewReason> reasons;
    for (const project::ReviewReason reason : project::kReviewReasons) {
        if (isWanted(reason)) {
            reasons.push_back(reason);
        }
    }
    m_queue.clear();
    m_queue.reserve(candidates.size());
    for (project::RankedImage& one : project::rankForReview(candidates, reasons)) {
        Item item;
        item.image = one.image;
        item.name = project::pseudonymOf(one.image);
        item.value = one.value;
        item.hasPrediction = one.isPredicted;
        item.scores = std::move(one.scores);
        const auto status = statuses->find(one.image);
        if (status != statuses->end()) {
            item.status = status->second;
        }
        m_queue.push_back(std::move(item));
    }
}

void ReviewController::rank()
{
    load();
    Q_EMIT queueChanged();
}

void ReviewController::refreshItem(ImageId image)
{
    const project::ProjectStore* store = m_project.store();
    const auto found = std::find_if(
        m_queue.begin(), m_queue.end(), [image](const Item& one) { return one.image == image; });
    if (store == nullptr || found == m_queue.end()) {
        return;
    }
    const auto revisions = store->revisions(image);
    const auto decisions = store->decisions(image);
    if (revisions && decisions) {
        found->status =
            project::reviewStatus(*revisions, *decisions, m_isBlinded ? reader() : QString());
        Q_EMIT queueChanged();
    }
}

ReviewController::Subject ReviewController::subject() const
{
    Subject subject;
    const project::ProjectStore* store = m_project.store();
    const AnnotationDocument* shown = document();
    const Item* now = current();
    if (store == nullptr || shown == nullptr || now == nullptr) {
        return subject;
    }
    const auto revisions = store->revisions(m_current);
    const auto decisions = store->decisions(m_current);
    if (!revisions || !decisions) {
        return subject;
    }
    // Others' work stays hidden until this reader has decided.
    const bool hidesOthers = m_isBlinded && now->isOpen();
    if (shown->isModified() && !hidesOthers) {
        subject.kind = Subject::Kind::Label;
        subject.labels = shown->labels();
        subject.text = tr("your edits, not stored yet");
        return subject;
    }
    const project::ReviewStatus mine =
        project::reviewStatus(*revisions, *decisions, hidesOthers ? reader() : QString());
    RevisionId label =
        mine.decision && mine.state != project::ReviewState::Reopened
            ? mine.decision->revision
            : project::newestLabel(*revisions, *decisions, hidesOthers ? reader() : QString());
    RevisionId prediction;
    for (const RevisionRecord& one : *revisions) {
        if (one.kind == RevisionKind::Prediction) {
            prediction = one.id;
        }
    }
    const RevisionId chosen = label.isValid() ? label : prediction;
    if (!chosen.isValid()) {
        return subject;
    }
    auto labels = store->revisionLabels(chosen);
    if (!labels || !(labels->size() == shown->size())) {
        return subject;
    }
    const auto record = std::find_if(
        revisions->begin(), revisions->end(), [&](const auto& one) { return one.id == chosen; });
    const bool isPrediction =
        record != revisions->end() && record->kind == RevisionKind::Prediction;
    subject.kind = isPrediction ? Subject::Kind::Prediction : Subject::Kind::Label;
    subject.revision = chosen;
    subject.labels = std::move(labels).value();
    subject.text = isPrediction ? tr("prediction of model %1").arg(record->model.left(8))
                                : ReviewText::origin(project::originOf(*revisions, chosen));
    return subject;
}

void ReviewController::setActive(bool isActive)
{
    if (m_isActive == isActive) {
        return;
    }
    if (m_isCorrecting) {
        finishCorrection();
    }
    m_isActive = isActive;
    if (isActive) {
        load();
        m_passed.clear();
        m_trail.clear();
        m_current = {};
    }
    Q_EMIT activeChanged(isActive);
    Q_EMIT queueChanged();
    if (isActive) {
        next();
    }
}

void ReviewController::chooseReason(int digit)
{
    const QString text = reasonTexts().value(digit - 1);
    if (text.isEmpty()) {
        return;
    }
    m_reason = m_reason == text ? QString() : text;
    Q_EMIT reasonChanged();
}

void ReviewController::show(ImageId image)
{
    const int row = m_dataset.images().rowOf(image);
    if (row < 0) {
        return;
    }
    if (image != m_current) {
        m_secondsBefore = 0;
        if (!m_reason.isEmpty()) {
            m_reason.clear();
            Q_EMIT reasonChanged();
        }
    }
    m_current = image;
    m_clock.start();
    m_dataset.show(row);
    Q_EMIT currentChanged();
}

void ReviewController::next()
{
    if (m_current.isValid()) {
        m_passed.insert(m_current.value);
        m_trail.push_back(m_current);
    }
    const auto isNext = [this](const Item& one) {
        return one.isOpen() && !m_passed.contains(one.image.value);
    };
    auto found = std::find_if(m_queue.begin(), m_queue.end(), isNext);
    if (found == m_queue.end()) {
        // What was passed over comes again.
        m_passed.clear();
        if (m_current.isValid()) {
            m_passed.insert(m_current.value);
        }
        found = std::find_if(m_queue.begin(), m_queue.end(), isNext);
    }
    if (found != m_queue.end()) {
        show(found->image);
        return;
    }
    const Item* now = current();
    if (now == nullptr && !m_queue.empty()) {
        show(m_queue.front().image); // all are decided: they can still be looked at
    } else {
        Q_EMIT currentChanged();
    }
    if (decidedCount() == count() && count() > 0) {
        Q_EMIT finished();
    }
}

void ReviewController::back()
{
    while (!m_trail.empty()) {
        const ImageId before = m_trail.back();
        m_trail.pop_back();
        if (before != m_current) {
            m_passed.remove(before.value);
            show(before);
            return;
        }
    }
}

double ReviewController::secondsSpent() const
{
    if (!recordsTime() || !m_clock.isValid()) {
        return 0;
    }
    return m_secondsBefore
           + std::min(static_cast<double>(m_clock.elapsed()) / 1000, kLongestLookSeconds);
}

Result<RevisionId> ReviewController::storeEdits(AnnotationDocument& document)
{
    RevisionRecord record;
    record.image = document.id();
    record.author = reader();
    record.parent = m_correctedFrom.isValid() ? m_correctedFrom : m_dataset.baseOf(document.id());
    record.origin = QStringLiteral("drawn");
    record.model = m_project.takenFrom(document.id());
    auto id = m_project.addRevision(record, document.labels());
    if (id) {
        m_dataset.noteRevision(document.id(), *id);
    }
    return id;
}

Result<DecisionRecord>
ReviewController::record(AnnotationDocument& shown, Verdict verdict, Done& done)
{
    const bool hidesOthers = m_isBlinded && current() != nullptr && current()->isOpen();
    Subject judged = subject();
    if (judged.kind == Subject::Kind::Label && !judged.revision.isValid()) {
        auto stored = storeEdits(shown);
        if (!stored) {
            return std::move(stored).error();
        }
        judged.revision = *stored;
    }
    if (judged.kind == Subject::Kind::Nothing && verdict == Verdict::Accepted) {
        // "There is nothing to see here" is an answer, too: an empty label of the reader's own.
        RevisionRecord nothing;
        nothing.image = shown.id();
        nothing.author = reader();
        nothing.origin = QStringLiteral("drawn");
        auto stored = m_project.addRevision(nothing, LabelMap(shown.size()));
        if (!stored) {
            return std::move(stored).error();
        }
        judged.revision = *stored;
        m_dataset.noteRevision(shown.id(), *stored);
    }
    if (verdict == Verdict::Accepted && judged.revision.isValid()) {
        auto decision = m_project.change(shown.id(), [&](project::ProjectStore& store) {
            return project::acceptRevision(
                store, judged.revision, reader(), m_reason, secondsSpent());
        });
        if (decision && judged.kind == Subject::Kind::Prediction && !hidesOthers) {
            // What was accepted is the label from now on, as a step that the canvas can undo.
            const int before = shown.undoStack().index();
            shown.replaceLabels(judged.labels, UndoText::usePrediction());
            done.hasReplaced = shown.undoStack().index() != before;
            m_dataset.noteRevision(shown.id(), decision->revision);
        }
        return decision;
    }
    DecisionRecord decision;
    decision.image = shown.id();
    decision.revision = judged.revision;
    decision.verdict = verdict;
    decision.reader = reader();
    decision.reason = m_reason;
    decision.secondsSpent = secondsSpent();
    return m_project.decide(decision);
}

void ReviewController::decide(Verdict verdict)
{
    AnnotationDocument* shown = document();
    if (!m_isActive || m_isCorrecting || shown == nullptr) {
        return;
    }
    if (m_project.isReadOnly()) {
        tell(
            {ErrorCode::CannotWrite, "the project is open read-only", {}},
            tr("The decision was not recorded."));
        return;
    }
    Done done{shown->id(), m_dataset.baseOf(shown->id()), false};
    const auto decision = record(*shown, verdict, done);
    if (!decision) {
        tell(decision.error(), tr("The decision was not recorded."));
        return;
    }
    m_done.push_back(done);
    next();
}

void ReviewController::undo()
{
    if (m_done.empty() || m_isCorrecting) {
        return;
    }
    const Done done = m_done.back();
    const auto withdrawn = m_project.change(done.image, [&](project::ProjectStore& store) {
        return project::withdrawDecision(store, done.image, reader());
    });
    if (!withdrawn) {
        tell(withdrawn.error(), tr("The decision was not taken back."));
        return;
    }
    m_done.pop_back();
    m_passed.remove(done.image.value);
    if (!m_trail.empty() && m_trail.back() == done.image) {
        m_trail.pop_back();
    }
    if (m_dataset.document(done.image) != nullptr) {
        putBack(done);
    } else {
        m_putBack = done;
    }
    show(done.image);
}

void ReviewController::putBack(const Done& done)
{
    AnnotationDocument* changed = m_dataset.document(done.image);
    if (!done.hasReplaced || changed == nullptr) {
        return;
    }
    if (!changed->isModified() && changed->undoStack().canUndo()) {
        changed->undoStack().undo();
        m_dataset.noteRevision(done.image, done.baseBefore);
    }
}

std::vector<project::NoteRecord> ReviewController::notes() const
{
    const project::ProjectStore* store = m_project.store();
    if (store == nullptr || !m_current.isValid()) {
        return {};
    }
    auto notes = store->notes(m_current);
    if (!notes) {
        return {};
    }
    const Item* now = current();
    if (m_isBlinded && now != nullptr && now->isOpen()) {
        std::erase_if(*notes, [this](const auto& note) { return note.author != reader(); });
    }
    return std::move(notes).value();
}

void ReviewController::addNote(PointF place, const QString& text)
{
    if (text.trimmed().isEmpty() || !m_current.isValid()) {
        return;
    }
    project::NoteRecord note;
    note.image = m_current;
    note.x = place.x;
    note.y = place.y;
    note.text = text.trimmed();
    note.author = reader();
    const auto added = m_project.addNote(note);
    if (!added) {
        tell(added.error(), tr("The note was not kept."));
        return;
    }
    Q_EMIT currentChanged();
}

void ReviewController::resolveNote(std::int64_t note, bool isResolved)
{
    const Status done = m_project.setNoteResolved(m_current, note, isResolved);
    if (!done) {
        tell(done.error(), tr("The note was not changed."));
        return;
    }
    Q_EMIT currentChanged();
}

void ReviewController::beginCorrection()
{
    AnnotationDocument* shown = document();
    if (!m_isActive || m_isCorrecting || shown == nullptr || m_project.isReadOnly()) {
        return;
    }
    m_secondsBefore = secondsSpent();
    m_clock.start();
    const Subject judged = subject();
    m_isCorrecting = true;
    // One corrects what one was shown: a prediction, or (blinded) not what another reader drew.
    if (judged.kind != Subject::Kind::Nothing && judged.revision.isValid()
        && !(shown->labels() == judged.labels)) {
        shown->replaceLabels(judged.labels, UndoText::usePrediction());
        m_correctedFrom = judged.revision;
    }
    Q_EMIT correctingChanged(true);
}

void ReviewController::finishCorrection()
{
    if (!m_isCorrecting) {
        return;
    }
    m_isCorrecting = false;
    AnnotationDocument* shown = document();
    if (shown != nullptr && shown->isModified()) {
        if (const auto stored = storeEdits(*shown); !stored) {
            tell(stored.error(), tr("The correction was not stored."));
        }
    }
    m_correctedFrom = {};
    m_secondsBefore = secondsSpent();
    m_clock.start();
    Q_EMIT correctingChanged(false);
    Q_EMIT currentChanged();
}

void ReviewController::tell(const Error& error, const QString& what)
{
    Notice notice = noticeFor(error, what, Notice::Action::None);
    notice.topic = QStringLiteral("review");
    Q_EMIT problemOccurred(notice);
}

} // namespace guidino::ui
