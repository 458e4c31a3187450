// SPDX-License-Identifier: Apache-2.0
#include "ui/model/bundle_facts.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <filesystem>
#include <system_error>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

} // namespace

Result<BundleFacts> readBundleFacts(const QString& folder)
{
    QFile file(QDir(folder).filePath(QStringLiteral("config.json")));
    const std::string name = file.fileName().toStdString();
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{
            ErrorCode::NotFound,
            "'" + folder.toStdString() + "' is no model bundle: it has no config.json",
            {{"file", name}}};
    }
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    const QJsonObject training = json[QLatin1StringView("training")].toObject();
    BundleFacts facts;
    facts.sha256 =
        json[QLatin1StringView("weights")].toObject()[QLatin1StringView("sha256")].toString();
    if (facts.sha256.isEmpty()) {
        return Error{
            ErrorCode::BadInput,
            "'" + name + "' names no weights: the bundle is damaged or of another program",
            {{"file", name}}};
    }
    facts.parent = training[QLatin1StringView("init_sha256")].toString();
    facts.system =
        json[QLatin1StringView("config")].toObject()[QLatin1StringView("system")].toString();
    facts.metric = training[QLatin1StringView("metric")].toString();
    if (const QJsonValue score = training[QLatin1StringView("score")]; score.isDouble()) {
        facts.score = score.toDouble();
    }
    if (const QJsonValue start = training[QLatin1StringView("start_score")]; start.isDouble()) {
        facts.startScore = start.toDouble();
    }
    const QJsonValue epoch = training[QLatin1StringView("epoch")];
    facts.epoch = epoch.toInt();
    facts.isStart = epoch.isDouble() && facts.epoch == 0 && !facts.parent.isEmpty();
    facts.trainImages = training[QLatin1StringView("train_images")].toInt();
    facts.validationImages = training[QLatin1StringView("validation_images")].toInt();
    return facts;
}

Status copyBundle(const QString& folder, const QString& target)
{
    const fs::path to = target.toStdString();
    fs::path part = to;
    part += ".part";
    std::error_code error;
    if (fs::exists(to / "config.json", error)) {
        return {};
    }
    fs::remove_all(part, error);
    fs::create_directories(to.parent_path(), error);
    if (!error) {
        fs::copy(folder.toStdString(), part, fs::copy_options::recursive, error);
    }
    if (!error) {
        fs::rename(part, to, error);
    }
    if (error) {
        std::error_code ignored;
        fs::remove_all(part, ignored);
        return Error{
            ErrorCode::CannotWrite,
            "cannot copy the model to '" + to.string() + "': " + error.message(),
            {{"file", to.string()}}};
    }
    return {};
}

} // namespace guidino::ui
