// SPDX-License-Identifier: Apache-2.0
#include "ui/model/training_folder.h"

#include "core/base/file.h"
#include "core/datasets/splits.h"
#include "core/imaging/image_writer.h"
#include "core/project/project_store.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <system_error>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

/// The image under a new name, given without its extension; tells its file name.
Result<std::string> placeImage(const FrozenCase& one, const fs::path& folder)
{
    if (!one.redacted.empty()) {
        auto png = project::cleanedPng(one.file, one.redacted);
        if (!png) {
            return std::move(png).error();
        }
        const std::string name = one.stem + ".png";
        GD_TRY(writeFileAtomically(folder / name, *png));
        return name;
    }
    const std::string name = one.stem + one.file.extension().string();
    const fs::path target = folder / name;
    std::error_code error;
    fs::create_symlink(fs::absolute(one.file), target, error);
    if (error) {
        fs::copy_file(one.file, target, fs::copy_options::overwrite_existing, error);
    }
    if (error) {
        return Error{ErrorCode::CannotWrite, target.string() + ": " + error.message(), {}};
    }
    return name;
}

Result<LabelMap> labelsOf(const FrozenCase& one, const project::ProjectStore* store)
{
    if (one.revision.isValid() && store != nullptr) {
        return store->revisionLabels(one.revision);
    }
    auto size = readImageSize(one.file);
    if (!size) {
        return std::move(size).error();
    }
    FoundLabels found =
        store != nullptr ? findLabels(one.source, *size) : findMask(one.source, *size);
    if (found.error) {
        return *found.error;
    }
    return std::move(found.labels);
}

Status writeCodes(const fs::path& file, const LabelMap& codes)
{
    Raster8 raster(codes.size().width, codes.size().height);
    for (int y = 0; y < raster.height(); ++y) {
        for (int x = 0; x < raster.width(); ++x) {
            raster.at(x, y) = codes.at(x, y);
        }
    }
    return imaging::writePng(file, raster);
}

} // namespace

Status writeTrainingFolder(
    const fs::path& folder,
    const std::vector<FrozenCase>& cases,
    const LabelClasses& classes,
    const CancelToken& cancel)
{
    GD_TRY(makeFolder(folder / "images"));
    GD_TRY(makeFolder(folder / "masks"));
    std::unique_ptr<project::ProjectStore> store;
    if (!cases.empty() && !cases.front().source.project.isEmpty()) {
        auto opened = project::ProjectStore::openReader(
            cases.front().source.project, cases.front().source.database);
        if (!opened) {
            return std::move(opened).error();
        }
        store = std::move(opened).value();
    }
    datasets::SplitLists splits;
    splits.lists = {{"train", {}}, {"val", {}}};
    QJsonArray frozen;
    for (const FrozenCase& one : cases) {
        if (cancel.isCancelled()) {
            return Error{ErrorCode::Cancelled, "stopped while the images were written", {}};
        }
        auto labels = labelsOf(one, store.get());
        if (!labels) {
            return std::move(labels).error();
        }
        auto name = placeImage(one, folder / "images");
        if (!name) {
            return std::move(name).error();
        }
        GD_TRY(writeLabelFile(folder / "masks" / (one.stem + ".png"), *labels, classes));
        if (one.guide) {
            GD_TRY(makeFolder(folder / "guides"));
            GD_TRY(writeCodes(folder / "guides" / (one.stem + ".png"), *one.guide));
        }
        splits.lists[one.isValidation ? 1 : 0].second.push_back({"images/" + *name, {}});
        frozen.append(QJsonObject{
            {QStringLiteral("image"), static_cast<qint64>(one.image.value)},
            {QStringLiteral("file"), QString::fromStdString("images/" + *name)},
            {QStringLiteral("sha256"), one.sha256},
            {QStringLiteral("revision"), static_cast<qint64>(one.revision.value)},
            {QStringLiteral("split"),
             one.isValidation ? QStringLiteral("validation") : QStringLiteral("train")},
            {QStringLiteral("guide"), one.guide.has_value()}});
    }
    GD_TRY(datasets::writeSplits(folder / "splits.json", splits));
    const QJsonObject json{
        {QStringLiteral("version"), 1},
        {QStringLiteral("project"), cases.empty() ? QString() : cases.front().source.project},
        {QStringLiteral("images"), frozen}};
    const QByteArray text = QJsonDocument(json).toJson();
    return writeFileAtomically(
        folder / "frozen.json", {text.constData(), static_cast<std::size_t>(text.size())});
}

Status writeOutline(const fs::path& folder, const std::vector<FrozenCase>& cases)
{
    GD_TRY(makeFolder(folder / "images"));
    GD_TRY(makeFolder(folder / "masks"));
    datasets::SplitLists splits;
    splits.lists = {{"train", {}}, {"val", {}}};
    for (const FrozenCase& one : cases) {
        const std::string name = one.stem + one.file.extension().string();
        for (const char* part : {"images", "masks"}) {
            std::error_code error;
            fs::create_symlink(fs::absolute(one.file), folder / part / name, error);
            if (error) {
                GD_TRY(writeFileAtomically(folder / part / name, ""));
            }
        }
        splits.lists[one.isValidation ? 1 : 0].second.push_back({"images/" + name, {}});
    }
    return datasets::writeSplits(folder / "splits.json", splits);
}

} // namespace guidino::ui
