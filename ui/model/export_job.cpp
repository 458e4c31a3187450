// SPDX-License-Identifier: Apache-2.0
#include "ui/model/export_job.h"

#include "core/base/file.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "core/imaging/overlay.h"
#include "core/imaging/resize.h"
#include "core/metrics/segmentation_metrics.h"
#include "core/project/project_store.h"
#include "core/project/redaction.h"
#include "core/project/review_state.h"
#include "core/report/evaluation_inputs.h"
#include "core/report/metric_report.h"
#include "ui/model/label_files.h"
#include "ui/model/project_opening.h"
#include "ui/model/report_pdf.h"
#include "ui/model/review_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTemporaryDir>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;
using project::ImageRecord;
using project::ProjectStore;
using project::ReviewState;
using project::RevisionKind;
using project::RevisionRecord;

/// Longer side of the report's pictures.
constexpr int kPictureSide = 480;

/// One image with what is known of it.
struct Case
{
    ImageRecord image;
    QString name; ///< as exported
    std::vector<RevisionRecord> revisions;
    project::ReviewStatus status;
    RevisionId mask;      ///< what becomes a mask
    RevisionId judged;    ///< of the report; with `reference` both or none
    RevisionId reference; ///< of the report
    QString judgedText;
    QString referenceText;
    QString whyNot; ///< why there is no mask or no row; empty: there are both
};

/// What the user reads of an export.
struct ExportText
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::ExportText)
};

RevisionId newestPrediction(const std::vector<RevisionRecord>& revisions)
{
    RevisionId newest;
    for (const RevisionRecord& one : revisions) {
        if (one.kind == RevisionKind::Prediction) {
            newest = one.id;
        }
    }
    return newest;
}

QString whyNoReference(const project::ReviewStatus& status)
{
    if (status.isContested) {
        return ExportText::tr("the readers disagree, and nobody has decided between them");
    }
    switch (status.state) {
    case ReviewState::Rejected:
        return ExportText::tr("rejected");
    case ReviewState::Unsure:
        return ExportText::tr("unsure");
    case ReviewState::Reopened:
        return ExportText::tr("edited since it was rejected, and not judged again");
    default:
        return ExportText::tr("no label");
    }
}

/// The reference began as a prediction of the model that is judged, or of one that it descends
/// from.
bool isJudgedByItself(
    const std::vector<RevisionRecord>& revisions,
    RevisionId prediction,
    RevisionId reference,
    const std::vector<project::ModelRecord>& models)
{
    const QStringList sources = project::sourcesOf(revisions, reference);
    for (const QString& model : project::sourcesOf(revisions, prediction)) {
        const std::set<QString> kin = project::lineageOf(model, models);
        for (const QString& source : sources) {
            if (kin.contains(source)) {
                return true;
            }
        }
    }
    return false;
}

/// Selects the revisions of an image.
void select(
    const ExportRequest& request,
    const std::vector<project::DecisionRecord>& decisions,
    const std::vector<project::ModelRecord>& models,
    Case& one)
{
    const RevisionId prediction = newestPrediction(one.revisions);
    const RevisionId reference = one.status.reference;
    const bool wantsPredictions = request.labels == ExportRequest::Labels::Prediction;
    one.mask = wantsPredictions ? prediction : reference;
    if (!one.mask.isValid()) {
        one.whyNot =
            wantsPredictions ? ExportText::tr("no prediction") : whyNoReference(one.status);
    }
    const auto textOf = [&](RevisionId id) {
        return ReviewText::origin(project::originOf(one.revisions, id));
    };
    if (!request.firstReader.isEmpty()) {
        const auto of = [&](const QString& reader) {
            return project::reviewStatus(one.revisions, decisions, reader).reference;
        };
        const RevisionId first = of(request.firstReader);
        const RevisionId second = of(request.secondReader);
        if (first.isValid() && second.isValid()) {
            one.reference = first;
            one.judged = second;
            one.referenceText = textOf(first);
            one.judgedText = textOf(second);
        } else if (one.whyNot.isEmpty() || request.withReport) {
            one.whyNot = ExportText::tr("not read by both");
        }
        return;
    }
    if (prediction.isValid() && reference.isValid() && !request.countsOwnCases
        && isJudgedByItself(one.revisions, prediction, reference, models)) {
        if (request.withReport) {
            one.whyNot = ExportText::tr("its reference began as a prediction of this model or of "
                                        "one that it descends from");
        }
    } else if (prediction.isValid() && reference.isValid()) {
        one.judged = prediction;
        one.reference = reference;
        one.judgedText = ExportText::tr("prediction");
        one.referenceText = textOf(reference);
    } else if (one.whyNot.isEmpty()) {
        one.whyNot =
            prediction.isValid() ? whyNoReference(one.status) : ExportText::tr("no prediction");
    }
}

Result<std::vector<Case>> collect(const ExportRequest& request, const ProjectStore& store)
{
    auto images = store.images();
    auto revisions = store.allRevisions();
    auto decisions = store.allDecisions();
    auto models = store.models();
    if (!images || !revisions || !decisions || !models) {
        return !images      ? images.error()
               : !revisions ? revisions.error()
               : !decisions ? decisions.error()
                            : models.error();
    }
    std::map<ImageId, std::vector<RevisionRecord>> revisionsOf;
    for (RevisionRecord& one : *revisions) {
        revisionsOf[one.image].push_back(std::move(one));
    }
    std::map<ImageId, std::vector<project::DecisionRecord>> decisionsOf;
    for (project::DecisionRecord& one : *decisions) {
        decisionsOf[one.image].push_back(std::move(one));
    }
    const std::set<ImageId> wanted(request.images.begin(), request.images.end());
    std::vector<Case> cases;
    QSet<QString> names;
    for (ImageRecord& image : *images) {
        if (!wanted.empty() && !wanted.contains(image.id)) {
            continue;
        }
        Case one;
        QString name = request.withNames ? image.name : project::pseudonymOf(image.id);
        name.replace(QLatin1Char('/'), QLatin1Char('_'));
        one.name = name;
        for (int copy = 2; names.contains(one.name); ++copy) {
            one.name = name + QLatin1Char('-') + QString::number(copy);
        }
        names.insert(one.name);
        one.revisions = std::move(revisionsOf[image.id]);
        one.status = project::reviewStatus(one.revisions, decisionsOf[image.id]);
        select(request, decisionsOf[image.id], *models, one);
        one.image = std::move(image);
        cases.push_back(std::move(one));
    }
    return cases;
}

std::vector<int> classesOf(const LabelClasses& classes)
{
    std::vector<int> indices;
    for (const LabelClass& one : classes) {
        indices.push_back(one.index);
    }
    return indices;
}

/// Everything that one run needs.
class Exporter
{
public:
    Exporter(const ExportRequest& request, const ProjectStore& store, QString target)
        : m_request(request)
        , m_store(store)
        , m_target(std::move(target))
    {}

    Result<ExportPlan> run(const std::vector<Case>& cases)
    {
        auto records = m_store.classes();
        if (!records) {
            return std::move(records).error();
        }
        m_classes = ui::classesOf(*records);
        if (m_classes.isEmpty()) {
            m_classes = binaryClasses();
        }
        m_plan.images = static_cast<int>(cases.size());
        int done = 0;
        for (const Case& one : cases) {
            if (m_request.cancel.isCancelled()) {
                return Error{ErrorCode::Cancelled, "cancelled", {}};
            }
            GD_TRY(exportCase(one));
            if (m_request.progress) {
                m_request.progress(++done, static_cast<int>(cases.size()));
            }
        }
        if (m_request.withReport) {
            GD_TRY(writeReport());
        }
        GD_TRY(writeFileAtomically(
            path(QStringLiteral("export.json")),
            QJsonDocument(QJsonObject{
                              {QStringLiteral("notice"),
                               QStringLiteral("Research use only, not a medical device.")},
                              {QStringLiteral("program"), m_request.program},
                              {QStringLiteral("images"), m_listing}})
                .toJson()
                .toStdString()));
        return m_plan;
    }

private:
    fs::path path(const QString& name) const { return QDir(m_target).filePath(name).toStdString(); }

    Status exportCase(const Case& one)
    {
        QJsonObject entry{
            {QStringLiteral("name"), one.name},
            {QStringLiteral("image_sha256"), one.image.sha256},
            {QStringLiteral("review"), verdictWord(one.status)}};
        bool isLeftOut = !one.whyNot.isEmpty();
        if (m_request.withMasks && one.mask.isValid()) {
            GD_TRY(writeMask(one, entry));
        }
        if (m_request.withImages) {
            auto regions = project::redactionsOf(m_store, one.image.id);
            if (!regions) {
                return std::move(regions).error();
            }
            auto png = project::cleanedPng(m_store.absolutePath(one.image).toStdString(), *regions);
            if (png) {
                GD_TRY(makeFolder(path(QStringLiteral("images"))));
                GD_TRY(
                    writeFileAtomically(path(QStringLiteral("images/%1.png").arg(one.name)), *png));
                ++m_plan.pictures;
            } else {
                m_plan.leftOut.emplace_back(
                    one.name, ExportText::tr("the image file cannot be read"));
                isLeftOut = false;
            }
        }
        if (m_request.withReport && one.judged.isValid()) {
            GD_TRY(measure(one));
        }
        if (isLeftOut) {
            m_plan.leftOut.emplace_back(one.name, one.whyNot);
        }
        m_listing.append(entry);
        return {};
    }

    /// English words for files.
    static QString verdictWord(const project::ReviewStatus& status)
    {
        if (status.isContested) {
            return QStringLiteral("contested");
        }
        switch (status.state) {
        case ReviewState::Accepted:
            return QStringLiteral("accepted");
        case ReviewState::Rejected:
            return QStringLiteral("rejected");
        case ReviewState::Unsure:
            return QStringLiteral("unsure");
        case ReviewState::Reopened:
            return QStringLiteral("reopened");
        case ReviewState::Unreviewed:
            break;
        }
        return QStringLiteral("unreviewed");
    }

    Status writeMask(const Case& one, QJsonObject& entry)
    {
        auto labels = m_store.revisionLabels(one.mask);
        if (!labels) {
            return std::move(labels).error();
        }
        const auto origin = project::originOf(one.revisions, one.mask);
        entry.insert(
            QStringLiteral("origin"),
            origin.origin.isEmpty() ? QStringLiteral("prediction") : origin.origin);
        entry.insert(QStringLiteral("corrected"), origin.isCorrected);
        entry.insert(QStringLiteral("model_sha256"), origin.model);
        GD_TRY(makeFolder(path(QStringLiteral("masks"))));
        const Raster8 raster = labels->toRaster();
        QJsonArray files;
        const auto add = [&](const QString& name, const auto& write) -> Status {
            GD_TRY(write(path(QStringLiteral("masks/") + name)));
            files.append(QStringLiteral("masks/") + name);
            ++m_plan.masks;
            return {};
        };
        if (m_request.maskForm == ExportRequest::MaskForm::Indexed) {
            std::vector<imaging::Colour> palette = imaging::defaultPalette(256);
            for (const LabelClass& labelClass : m_classes) {
                palette[labelClass.index] = {
                    static_cast<std::uint8_t>(labelClass.color.red()),
                    static_cast<std::uint8_t>(labelClass.color.green()),
                    static_cast<std::uint8_t>(labelClass.color.blue())};
            }
            GD_TRY(add(one.name + QStringLiteral(".png"), [&](const fs::path& file) {
                return imaging::writeIndexedPng(file, raster, palette);
            }));
        } else {
            for (const LabelClass& labelClass : m_classes) {
                Raster8 mask = raster;
                for (std::uint8_t& value : mask.pixels()) {
                    value = value == labelClass.index ? 255 : 0;
                }
                const QString name =
                    m_classes.size() == 1
                        ? one.name + QStringLiteral(".png")
                        : QStringLiteral("%1_class%2.png").arg(one.name).arg(labelClass.index);
                GD_TRY(
                    add(name, [&](const fs::path& file) { return imaging::writePng(file, mask); }));
            }
        }
        entry.insert(QStringLiteral("masks"), files);
        return {};
    }

    Status measure(const Case& one)
    {
        auto judged = m_store.revisionLabels(one.judged);
        auto reference = m_store.revisionLabels(one.reference);
        if (!judged || !reference) {
            return judged ? reference.error() : judged.error();
        }
        if (!(judged->size() == reference->size())) {
            m_plan.leftOut.emplace_back(
                one.name, ExportText::tr("the label maps have different sizes"));
            return {};
        }
        report::MetricCase row;
        row.name = one.name.toStdString();
        row.imageSha256 = one.image.sha256.toStdString();
        row.judged = one.judgedText.toStdString();
        row.reference = one.referenceText.toStdString();
        row.verdict = verdictWord(one.status).toStdString();
        row.size = reference->size();
        const auto info = imaging::readImageInfo(m_store.absolutePath(one.image).toStdString());
        metrics::MetricOptions options = m_report.options;
        if (info && info->spacingMm) {
            row.spacingMm = info->spacingMm;
            options.spacingMm = info->spacingMm;
        }
        const std::vector<int> indices = classesOf(m_classes);
        auto pairs =
            metrics::evaluateClasses(judged->toRaster(), reference->toRaster(), indices, options);
        for (std::size_t i = 0; i < indices.size(); ++i) {
            row.classes.emplace(indices[i], pairs[i]);
        }
        const auto found = std::find_if(
            one.revisions.begin(), one.revisions.end(), [&](const RevisionRecord& revision) {
                return revision.id == one.judged;
            });
        if (found != one.revisions.end() && !found->model.isEmpty()) {
            m_models.insert(found->model.toStdString());
        }
        m_report.cases.push_back(std::move(row));
        m_measured.push_back(one);
        ++m_plan.cases;
        return {};
    }

    /// Image and guide of one of the worst cases as small PNG files, with outlines.
    report::CaseRow pictureOf(std::size_t index)
    {
        const Case& one = m_measured[index];
        const report::MetricCase& row = m_report.cases[index];
        report::CaseRow result;
        result.name = row.name;
        result.figures = "DSC " + report::numberText(row.mean("dsc")) + ", IoU "
                         + report::numberText(row.mean("iou")) + ", HD95 "
                         + report::numberText(row.mean("hd95"), 1) + (row.spacingMm ? " mm" : " px")
                         + ", ASSD " + report::numberText(row.mean("assd"), 1)
                         + (row.spacingMm ? " mm" : " px");
        auto pixels = imaging::readRgb8(m_store.absolutePath(one.image).toStdString());
        auto regions = project::redactionsOf(m_store, one.image.id);
        auto judged = m_store.revisionLabels(one.judged);
        auto reference = m_store.revisionLabels(one.reference);
        if (!pixels || !regions || !judged || !reference
            || !(pixels->size() == reference->size())) {
            return result;
        }
        project::blacken(*pixels, project::redactedRects(*regions, pixels->size()));
        const Size small = imaging::fittedSize(pixels->size(), {kPictureSide, kPictureSide});
        const fs::path file = path(QStringLiteral(".pictures/%1.png").arg(one.name));
        if (!makeFolder(file.parent_path())
            || !imaging::writePng(file, imaging::resizeSmooth(*pixels, small))) {
            return result;
        }
        const Raster8 ours = imaging::resizeNearest(judged->toRaster(), small);
        const Raster8 theirs = imaging::resizeNearest(reference->toRaster(), small);
        report::PictureCell both{"reference (green) and judged (yellow)", file, {}, small};
        for (const LabelClass& labelClass : m_classes) {
            both.outlines.emplace_back(report::outlinePath(theirs, labelClass.index), "#2bc59b");
            both.outlines.emplace_back(report::outlinePath(ours, labelClass.index), "#f5c400");
        }
        result.pictures.push_back({"image", file, {}, small});
        result.pictures.push_back(std::move(both));
        if (auto guide = readGuide(one.image.id)) {
            const fs::path guideFile = path(QStringLiteral(".pictures/%1-guide.png").arg(one.name));
            const auto span = guide->pixels();
            const auto [low, high] = std::minmax_element(span.begin(), span.end());
            if (imaging::writePng(
                    guideFile,
                    imaging::colourMapped(
                        imaging::resizeBilinear(*guide, small),
                        imaging::ColourMap::Magma,
                        *low,
                        std::max(*high, *low + 1e-6F)))) {
                result.pictures.push_back({"guide", guideFile, {}, small});
            }
        }
        return result;
    }

    [[nodiscard]] std::optional<RasterF> readGuide(ImageId image) const
    {
        const QString file =
            QDir(m_store.folder()).filePath(QStringLiteral("guides/%1.npy").arg(image.value));
        if (!QFileInfo::exists(file)) {
            return std::nullopt;
        }
        auto map = report::readSoftMap(file.toStdString());
        return map ? std::optional(std::move(map).value()) : std::nullopt;
    }

    Status writeReport()
    {
        m_report.title = m_request.firstReader.isEmpty()
                             ? "Predictions against references"
                             : "Two readers compared: " + m_request.secondReader.toStdString()
                                   + " against " + m_request.firstReader.toStdString();
        if (m_request.withNames) {
            m_report.project =
                m_store.info(QStringLiteral("name")).value_or(QString()).toStdString();
        }
        m_report.created = QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString();
        m_report.program = m_request.program.toStdString();
        for (const std::string& model : m_models) {
            m_report.models.emplace_back("model of the predictions", model);
        }
        for (const LabelClass& labelClass : m_classes) {
            m_report.classNames[labelClass.index] = labelClass.name.toStdString();
        }
        for (const auto& [name, why] : m_plan.leftOut) {
            m_report.leftOut.emplace_back(name.toStdString(), why.toStdString());
        }
        const auto worst = report::worstCases(
            m_report.cases, static_cast<std::size_t>(std::max(0, m_request.worstCount)));
        for (const std::size_t index : worst) {
            if (m_request.cancel.isCancelled()) {
                return Error{ErrorCode::Cancelled, "cancelled", {}};
            }
            m_report.worst.push_back(pictureOf(index));
        }
        GD_TRY(report::writeMetricReport(m_report, m_target.toStdString()));
        if (m_request.withPdf) {
            GD_TRY(writeReportPdf(m_report, QDir(m_target).filePath(QStringLiteral("report.pdf"))));
        }
        QDir(QDir(m_target).filePath(QStringLiteral(".pictures"))).removeRecursively();
        return {};
    }

    const ExportRequest& m_request;
    const ProjectStore& m_store;
    QString m_target;
    LabelClasses m_classes;
    ExportPlan m_plan;
    QJsonArray m_listing;
    report::MetricReport m_report;
    std::vector<Case> m_measured; ///< of the report's rows
    std::set<std::string> m_models;
};

Result<std::unique_ptr<ProjectStore>> openToRead(const QString& folder, const QString& databaseFile)
{
    return databaseFile.isEmpty() ? ProjectStore::open(folder, project::OpenMode::ReadOnly)
                                  : ProjectStore::openReader(folder, databaseFile);
}

} // namespace

Result<ExportPlan> planExport(const ExportRequest& request)
{
    auto store = openToRead(request.projectFolder, request.databaseFile);
    if (!store) {
        return std::move(store).error();
    }
    auto cases = collect(request, **store);
    auto classes = (*store)->classes();
    if (!cases || !classes) {
        return cases ? classes.error() : cases.error();
    }
    const bool isPerClass =
        request.maskForm == ExportRequest::MaskForm::Binary && classes->size() > 1;
    ExportPlan plan;
    plan.images = static_cast<int>(cases->size());
    for (const Case& one : *cases) {
        if (request.withMasks && one.mask.isValid()) {
            plan.masks += isPerClass ? static_cast<int>(classes->size()) : 1;
        }
        plan.pictures += request.withImages ? 1 : 0;
        plan.cases += request.withReport && one.judged.isValid() ? 1 : 0;
        if (!one.whyNot.isEmpty()) {
            plan.leftOut.emplace_back(one.name, one.whyNot);
        }
    }
    return plan;
}

Result<ExportPlan> runExport(const ExportRequest& request)
{
    auto store = openToRead(request.projectFolder, request.databaseFile);
    if (!store) {
        return std::move(store).error();
    }
    const QDir target(request.folder);
    if (target.exists() && !target.isEmpty()) {
        return Error{
            ErrorCode::CannotWrite,
            "the folder '" + request.folder.toStdString()
                + "' is not empty; choose a new one, nothing is overwritten",
            {{"file", request.folder.toStdString()}}};
    }
    auto cases = collect(request, **store);
    if (!cases) {
        return std::move(cases).error();
    }
    const QDir parent = QFileInfo(target.absolutePath()).absoluteDir();
    const QTemporaryDir scratch(parent.filePath(QStringLiteral(".guidino-export-XXXXXX")));
    if (!parent.mkpath(QStringLiteral(".")) || !scratch.isValid()) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write beside '" + request.folder.toStdString() + "'",
            {{"file", request.folder.toStdString()}}};
    }
    const QString made = scratch.filePath(QStringLiteral("export"));
    QDir().mkpath(made);
    auto plan = Exporter(request, **store, made).run(*cases);
    if (!plan) {
        return plan;
    }
    if (target.exists()) {
        QDir().rmdir(target.absolutePath());
    }
    if (!QDir().rename(made, target.absolutePath())) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write '" + request.folder.toStdString() + "'",
            {{"file", request.folder.toStdString()}}};
    }
    return plan;
}

Result<QStringList> readersOf(const QString& projectFolder, const QString& databaseFile)
{
    auto store = openToRead(projectFolder, databaseFile);
    if (!store) {
        return std::move(store).error();
    }
    auto revisions = (*store)->allRevisions();
    auto decisions = (*store)->allDecisions();
    if (!revisions || !decisions) {
        return revisions ? decisions.error() : revisions.error();
    }
    QSet<QString> names;
    for (const RevisionRecord& one : *revisions) {
        if (one.kind != RevisionKind::Prediction && !one.author.isEmpty()) {
            names.insert(one.author);
        }
    }
    for (const project::DecisionRecord& one : *decisions) {
        names.insert(one.reader);
    }
    QStringList readers(names.begin(), names.end());
    readers.sort();
    return readers;
}

} // namespace guidino::ui
