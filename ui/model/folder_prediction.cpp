// SPDX-License-Identifier: Apache-2.0
#include "ui/model/folder_prediction.h"

#include "core/datasets/dataset.h"
#include "core/datasets/nnunet_trained.h"
#include "ui/model/afterwards.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QtConcurrentRun>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

namespace guidino::ui {

namespace fs = std::filesystem;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::FolderPrediction)
};

fs::path pathOf(const QString& text)
{
    return QFileInfo(text).absoluteFilePath().toStdString();
}

QString messageOf(const Error& error)
{
    return QString::fromStdString(error.message);
}

/// A bundle is known by its name alone where it is registered.
bool isName(const QString& model)
{
    return !model.contains(QLatin1Char('/')) && !QFileInfo::exists(model);
}

/// Looks at the folds; false where they cannot be used, which the plan then says.
bool lookAtFolds(
    const FolderPrediction& prediction, FolderPredictionPlan& plan, std::string& ending)
{
    const auto trained = datasets::readNnunetTrained(pathOf(prediction.model));
    if (!trained) {
        plan.problem =
            Words::tr("This folder is neither a model (config.json) nor results of nnU-Net.");
        plan.detail = messageOf(trained.error());
        return false;
    }
    ending = trained->fileEnding;
    for (const datasets::NnunetTrainedFold& fold : trained->folds) {
        plan.folds.push_back(
            {QString::fromStdString(fold.name.text()), fold.hasFinal, fold.hasBest});
    }
    std::vector<datasets::NnunetFoldName> wanted;
    if (!prediction.fold.isEmpty()) {
        if (const auto fold = datasets::parseNnunetFold(prediction.fold.toStdString())) {
            wanted.push_back(*fold);
        }
    }
    const auto models =
        datasets::nnunetModelsOf(*trained, wanted, prediction.checkpoint.toStdString());
    if (!models) {
        plan.problem = Words::tr("The folds have no such checkpoint.");
        plan.detail = messageOf(models.error());
        return false;
    }
    return true;
}

bool lookAtModel(
    const FolderPrediction& prediction, FolderPredictionPlan& plan, std::string& ending)
{
    if (prediction.model.isEmpty()) {
        plan.problem = Words::tr("Choose a model.");
        return false;
    }
    if (plan.isNnunet) {
        return lookAtFolds(prediction, plan, ending);
    }
    if (!isName(prediction.model) && !QFileInfo::exists(prediction.model)) {
        plan.problem = Words::tr("There is no such model.");
        plan.detail = prediction.model;
        return false;
    }
    return true;
}

bool lookAtImages(
    const FolderPrediction& prediction, FolderPredictionPlan& plan, const std::string& ending)
{
    if (prediction.images.isEmpty()) {
        plan.problem = Words::tr("Choose the folder of the images.");
        return false;
    }
    const auto refuse = [&plan](const Error& error) {
        plan.problem = Words::tr("There are no images that can be predicted.");
        plan.detail = messageOf(error);
        return false;
    };
    if (plan.isNnunet) {
        const auto cases = datasets::listNnunetInputs(pathOf(prediction.images), ending);
        if (!cases) {
            return refuse(cases.error());
        }
        plan.images = static_cast<int>(cases->size());
    } else {
        const auto dataset = datasets::openDataset(pathOf(prediction.images));
        if (!dataset) {
            return refuse(dataset.error());
        }
        plan.images = static_cast<int>(dataset->samples.size());
    }
    return true;
}

} // namespace

bool isNnunetResults(const QString& model)
{
    const QFileInfo info(model);
    return !model.isEmpty() && info.isDir()
           && !QFileInfo::exists(QDir(model).filePath(QStringLiteral("config.json")));
}

FolderPredictionPlan planOf(const FolderPrediction& prediction)
{
    FolderPredictionPlan plan;
    plan.isNnunet = isNnunetResults(prediction.model);
    std::string ending;
    if (!lookAtModel(prediction, plan, ending) || !lookAtImages(prediction, plan, ending)) {
        return plan;
    }
    const QFileInfo out(prediction.out);
    if (prediction.out.isEmpty()) {
        plan.problem = Words::tr("Name a folder to write to.");
    } else if (out.exists() && (!out.isDir() || !QDir(prediction.out).isEmpty())) {
        plan.problem = Words::tr("The folder to write to is not empty; nothing is overwritten.");
    }
    return plan;
}

protocol::JobSpec specOf(const FolderPrediction& prediction)
{
    if (!isNnunetResults(prediction.model)) {
        protocol::PredictSpec spec;
        spec.model = isName(prediction.model) ? fs::path(prediction.model.toStdString())
                                              : pathOf(prediction.model);
        spec.input = pathOf(prediction.images);
        spec.out = pathOf(prediction.out);
        spec.mirror = prediction.mirror;
        spec.writeOverlay = prediction.overlays;
        return spec;
    }
    protocol::CommandSpec spec;
    spec.words = {
        "nnunet",
        "predict",
        "--model",
        pathOf(prediction.model).string(),
        "--input",
        pathOf(prediction.images).string(),
        "--out",
        pathOf(prediction.out).string(),
        "--checkpoint",
        prediction.checkpoint.toStdString(),
        "--continue"};
    if (!prediction.fold.isEmpty()) {
        spec.words.insert(spec.words.end(), {"--folds", prediction.fold.toStdString()});
    }
    if (!prediction.mirror) {
        spec.words.emplace_back("--disable-tta");
    }
    if (prediction.overlays) {
        spec.words.emplace_back("--save-overlays");
    }
    return spec;
}

QString outFolderOf(const protocol::JobSpec& spec, const QString& folder)
{
    QString out;
    if (const auto* predict = std::get_if<protocol::PredictSpec>(&spec)) {
        out = QString::fromStdString(predict->out.string());
    } else if (const auto* command = std::get_if<protocol::CommandSpec>(&spec)) {
        const auto& words = command->words;
        const auto option = std::find(words.begin(), words.end(), "--out");
        if (!words.empty() && words.front() == "nnunet" && option != words.end()
            && option + 1 != words.end()) {
            out = QString::fromStdString(*(option + 1));
        }
    }
    return out.startsWith(folder + QLatin1Char('/')) ? QString() : out; // the project takes it
}

QString proposedOutFor(const QString& images)
{
    if (images.isEmpty()) {
        return {};
    }
    const QString base = QDir::cleanPath(images) + QStringLiteral("-predictions");
    QString out = base;
    for (int i = 2; QFileInfo::exists(out); ++i) {
        out = base + QStringLiteral("-%1").arg(i);
    }
    return out;
}

FolderPredictionPlanner::FolderPredictionPlanner(QObject* parent)
    : QObject(parent)
{
    m_pool.setMaxThreadCount(1);
}

FolderPredictionPlanner::~FolderPredictionPlanner()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void FolderPredictionPlanner::look(const FolderPrediction& prediction)
{
    m_pool.clear();
    afterwards(
        QtConcurrent::run(&m_pool, planOf, prediction),
        this,
        [this, prediction, generation = ++m_generation](const FolderPredictionPlan& plan) {
            if (generation == m_generation) {
                Q_EMIT looked(prediction, plan);
            }
        });
}

} // namespace guidino::ui
