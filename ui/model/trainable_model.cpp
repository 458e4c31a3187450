// SPDX-License-Identifier: Apache-2.0
#include "ui/model/trainable_model.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QSet>

#include <algorithm>

namespace guidino::ui {

namespace {

constexpr qint64 kMostBytes = 4 << 20;

struct Tr
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::TrainableModel)
};

QJsonObject readObject(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > kMostBytes) {
        return {};
    }
    return QJsonDocument::fromJson(file.readAll()).object();
}

QString pathOf(const std::filesystem::path& path)
{
    return QString::fromStdString(path.string());
}

/// Networks that decode a ViT's features, guided or not, cannot do without one.
bool readsTokens(const QString& system, const QString& guideSource)
{
    return system == QLatin1String("seg-guidino") || system == QLatin1String("segdino-v2")
           || guideSource == QLatin1String("none");
}

/// Architectures of the ViTs whose weights are registered, and their names.
QSet<QString> registeredVits(const QString& store)
{
    QSet<QString> vits;
    for (const QString& name : QDir(store).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QJsonObject model =
            readObject(store + QLatin1Char('/') + name + QStringLiteral("/model.json"));
        if (model[QLatin1String("kind")].toString() == QLatin1String("backbone")) {
            vits << name << model[QLatin1String("architecture")].toString();
        }
    }
    return vits;
}

/// What a configuration says of the model, in a bundle or in a file of its own.
void describe(TrainableModel& model, const QJsonObject& config)
{
    model.system = config[QLatin1String("system")].toString();
    const QJsonObject guide = config[QLatin1String("guide")].toObject();
    const QString source = guide[QLatin1String("source")].toString();
    model.hasGuide = !source.isEmpty() && source != QLatin1String("none");
    model.hasVit = source.startsWith(QLatin1String("dino"));
    model.trainsVit = guide[QLatin1String("train_backbone")].toBool();
    model.hasLora = config[QLatin1String("lora")].toObject()[QLatin1String("enabled")].toBool();
    const QJsonObject data = config[QLatin1String("data")].toObject();
    model.imageSize = data[QLatin1String("image_size")].toInt(model.imageSize);
    model.augmentation =
        data[QLatin1String("augmentation")].toObject()[QLatin1String("preset")].toString();
}

/// From scratch on these images: as large as the demo model, so that minutes on two cores do.
TrainableModel starter()
{
    TrainableModel model;
    model.id = QStringLiteral("guidino-u");
    model.title = Tr::tr("A new small model");
    model.note = Tr::tr("GuiDINO-U that guides itself; needs no weights from elsewhere");
    model.isFromScratch = true;
    model.system = model.id;
    model.hasGuide = true;
    model.imageSize = 128;
    model.augmentation = QStringLiteral("guidino");
    model.settings = QStringList{
        QStringLiteral("guide.source=self"),
        QStringLiteral("network.base_channels=16"),
        QStringLiteral("data.image_size=128"),
        QStringLiteral(R"(guide.gates=["bottleneck","decoder"])"),
        QStringLiteral("loss.guide_weight=0.5"),
        QStringLiteral("training.batch_size=4"),
        QStringLiteral("training.learning_rate=0.001"),
        QStringLiteral("training.precision=bf16")};
    return model;
}

TrainableModel fromConfig(const QFileInfo& file, const QSet<QString>& vits)
{
    const QJsonObject config = readObject(file.filePath());
    TrainableModel model;
    model.isFromScratch = true;
    model.id = file.completeBaseName();
    model.title =
        Tr::tr("%1, from scratch").arg(QString(model.id).remove(QStringLiteral(".fixed")));
    model.note = config[QLatin1String("description")].toString();
    describe(model, config);
    const QJsonObject guide = config[QLatin1String("guide")].toObject();
    const QString vit = guide[QLatin1String("backbone")].toString();
    const QString source = guide[QLatin1String("source")].toString();
    model.hasVit = model.hasVit || !vit.isEmpty();
    if (!model.hasVit || vits.contains(vit)) {
        return model;
    }
    if (readsTokens(model.system, source)
        || config[QLatin1String("lora")].toObject()[QLatin1String("enabled")].toBool()) {
        model.lacksVit = true;
        model.problem =
            Tr::tr("Needs the weights of the ViT %1, which nobody has added yet.").arg(vit);
    } else {
        model.hasVit = false;
        model.note =
            Tr::tr("Guides itself, since the weights of the ViT %1 are not there.").arg(vit);
        model.settings << QStringLiteral("guide.source=self");
    }
    return model;
}

} // namespace

TrainableModel trainableBundle(const QString& bundle)
{
    TrainableModel model;
    model.id = bundle;
    const QFileInfo file(bundle);
    model.title = file.fileName() == QLatin1String("best") ? file.dir().dirName() : file.fileName();
    const QJsonObject json = readObject(bundle + QStringLiteral("/config.json"));
    if (json[QLatin1String("kind")].toString() != QLatin1String("guidino-bundle")) {
        // A zip or a registered name says nothing before it is opened: the worker judges.
        if (file.isDir()) {
            model.problem = Tr::tr("This folder is no model bundle.");
        }
        model.hasGuide = true;
        return model;
    }
    describe(model, json[QLatin1String("config")].toObject());
    model.hasVit = json[QLatin1String("guide_backbone")].isObject();
    model.sha256 = json[QLatin1String("weights")].toObject()[QLatin1String("sha256")].toString();
    const QJsonObject training = json[QLatin1String("training")].toObject();
    const double score = training[QLatin1String("score")].toDouble();
    if (score > 0) {
        model.note = Tr::tr("%1, %2 %3 on its validation images")
                         .arg(
                             model.system,
                             training[QLatin1String("metric")].toString().toUpper(),
                             QLocale().toString(score, 'f', 3));
    }
    return model;
}

std::vector<TrainableModel> listTrainableModels(const ModelPlaces& places)
{
    std::vector<TrainableModel> models;
    const auto add = [&models](TrainableModel model) {
        const bool isKnown = std::any_of(models.begin(), models.end(), [&](const auto& one) {
            return one.id == model.id || (!model.sha256.isEmpty() && one.sha256 == model.sha256);
        });
        if (!isKnown) {
            models.push_back(std::move(model));
        }
    };
    const auto addBundle = [&add](const QString& bundle, const QString& title) {
        TrainableModel model = trainableBundle(bundle);
        if (!model.problem.isEmpty() || !QFileInfo::exists(bundle)) {
            return;
        }
        if (!title.isEmpty()) {
            model.title = title;
        }
        add(std::move(model));
    };
    if (!places.current.isEmpty()) {
        const bool isDemo = places.current == places.demo;
        TrainableModel model = trainableBundle(places.current);
        model.title = isDemo ? Tr::tr("Demo model, in use") : Tr::tr("%1, in use").arg(model.title);
        add(std::move(model));
    }
    if (!places.demo.isEmpty()) {
        addBundle(places.demo, Tr::tr("Demo model"));
    }
    const QString store = pathOf(places.store);
    for (const QString& name :
         QDir(store).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
        const QString folder = store + QLatin1Char('/') + name;
        const QJsonObject entry = readObject(folder + QStringLiteral("/model.json"));
        if (entry[QLatin1String("kind")].toString() == QLatin1String("bundle")) {
            const QString weights =
                folder + QLatin1Char('/')
                + QFileInfo(entry[QLatin1String("weights")].toString()).fileName();
            const bool isFolder = QFileInfo::exists(weights + QStringLiteral("/config.json"));
            addBundle(isFolder ? weights : folder, name);
        }
    }
    for (const auto& [bundle, name] : places.kept) {
        addBundle(bundle, name);
    }
    models.push_back(starter());
    const QSet<QString> vits = registeredVits(store);
    for (const QFileInfo& file :
         QDir(pathOf(places.configs))
             .entryInfoList({QStringLiteral("*.fixed.json")}, QDir::Files, QDir::Name)) {
        models.push_back(fromConfig(file, vits));
    }
    return models;
}

QString reasonAgainst(const TrainableModel& model, UpdateScope scope)
{
    switch (scope) {
    case UpdateScope::TokenBook:
        if (!model.hasGuide) {
            return Tr::tr("This model has no guide, so there are no prototypes to update.");
        }
        if (model.isFromScratch) {
            return Tr::tr("A model from scratch has nothing yet that could be left as it is.");
        }
        break;
    case UpdateScope::Decoder:
        if (model.isFromScratch) {
            return Tr::tr("A model from scratch has nothing yet that could be left as it is.");
        }
        break;
    case UpdateScope::Network:
        if (model.hasLora) {
            return Tr::tr("This model has adapters, which are trained with its network.");
        }
        if (model.trainsVit) {
            return Tr::tr("This model has a ViT of its own, which is trained with its network.");
        }
        break;
    case UpdateScope::Lora:
    case UpdateScope::Everything:
        if (!model.hasVit) {
            return Tr::tr("This model has no ViT: its whole network is everything.");
        }
        if (scope == UpdateScope::Lora && model.trainsVit) {
            return Tr::tr("The ViT of this model was trained itself: adapters would add nothing.");
        }
        if (scope == UpdateScope::Everything && model.hasLora) {
            return Tr::tr("This model has adapters: the ViT below them stays as it is.");
        }
        break;
    }
    return {};
}

UpdateScope defaultScope(const TrainableModel& model)
{
    if (model.trainsVit) {
        return UpdateScope::Everything;
    }
    return model.hasLora ? UpdateScope::Lora : UpdateScope::Network;
}

QStringList settingsFor(const TrainableModel& model, UpdateScope scope)
{
    switch (scope) {
    case UpdateScope::TokenBook:
        return {QStringLiteral("training.update=tokenbook")};
    case UpdateScope::Decoder:
        return {QStringLiteral("training.update=decoder")};
    case UpdateScope::Network:
        break;
    case UpdateScope::Lora:
        if (!model.hasLora) {
            return {QStringLiteral("training.update=all"), QStringLiteral("lora.enabled=true")};
        }
        break;
    case UpdateScope::Everything:
        return {QStringLiteral("training.update=all"), QStringLiteral("guide.train_backbone=true")};
    }
    return {QStringLiteral("training.update=all")};
}

} // namespace guidino::ui
