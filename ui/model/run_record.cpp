// SPDX-License-Identifier: Apache-2.0
#include "ui/model/run_record.h"

#include "core/base/file.h"
#include "core/protocol/command_line.h"
#include "core/protocol/run_folder.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QStringList>

#include <cmath>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;

QString translated(const char* source)
{
    return QCoreApplication::translate("guidino::ui::RunRecord", source);
}

/// An object of a file; empty where it is not there, damaged or no object.
QJsonObject objectIn(const fs::path& file, bool& isDamaged)
{
    const auto text = readFile(file, kMostBytes);
    if (!text) {
        return {};
    }
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(
        QByteArray(text->data(), static_cast<qsizetype>(text->size())), &error);
    isDamaged = error.error != QJsonParseError::NoError || !document.isObject();
    return document.object();
}

/// As one would write it on the command line.
QString valueText(const QJsonValue& value)
{
    switch (value.type()) {
    case QJsonValue::Bool:
        return value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
    case QJsonValue::Double: {
        const double number = value.toDouble();
        constexpr double kWhole = 1e15;
        return number == std::floor(number) && std::abs(number) < kWhole
                   ? QString::number(static_cast<qint64>(number))
                   : QString::number(number, 'g', 12);
    }
    case QJsonValue::String:
        return value.toString();
    case QJsonValue::Array:
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    case QJsonValue::Object:
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    default:
        return {};
    }
}

void flatten(
    const QJsonObject& object,
    const QString& prefix,
    const QSet<QString>& given,
    RunRecord::Section& out)
{
    for (auto item = object.begin(); item != object.end(); ++item) {
        const QString key = prefix + item.key();
        if (item->isObject()) {
            flatten(item->toObject(), key + QLatin1Char('.'), given, out);
        } else {
            out.rows.append({key, valueText(*item), given.contains(key)});
        }
    }
}

void addRow(RunRecord::Section& section, const char* name, const QString& value)
{
    section.rows.append({translated(name), value, false});
}

QString classNames(const QJsonArray& classes)
{
    QStringList names;
    for (const QJsonValue& item : classes) {
        const QJsonObject one = item.toObject();
        names.append(QStringLiteral("%1 (%2)")
                         .arg(one.value(QStringLiteral("name")).toString())
                         .arg(one.value(QStringLiteral("index")).toInt()));
    }
    return names.join(QStringLiteral(", "));
}

QString pathText(const fs::path& path)
{
    return QString::fromStdString(path.string());
}

RunRecord::Section runSection(const fs::path& folder, const QJsonObject& run)
{
    RunRecord::Section section{translated(QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Run")), {}};
    const auto value = [&run](const char* key) { return valueText(run.value(QLatin1String(key))); };
    const QJsonObject training =
        run.value(QStringLiteral("config")).toObject().value(QStringLiteral("training")).toObject();
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Folder"), pathText(folder));
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Program"), value("program"));
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "LibTorch"), value("libtorch"));
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Device"), value("device"));
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Threads"), value("threads"));
    addRow(
        section,
        QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Seed"),
        valueText(training.value(QStringLiteral("seed"))));
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Recipe"), value("recipe"));
    return section;
}

RunRecord::Section dataSection(const QJsonObject& data)
{
    RunRecord::Section section{translated(QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Data")), {}};
    const auto value = [&data](const char* key) {
        return valueText(data.value(QLatin1String(key)));
    };
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Path"), value("path"));
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Layout"), value("layout"));
    addRow(
        section,
        QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "SHA-256 of images, masks and lists"),
        value("sha256"));
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Training images"), value("train"));
    addRow(
        section,
        QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Validation images"),
        value("validation"));
    addRow(
        section,
        QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Classes"),
        classNames(data.value(QStringLiteral("classes")).toArray()));
    return section;
}

RunRecord::Section modelSection(const QJsonObject& run)
{
    RunRecord::Section section{
        translated(QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Model")), {}};
    const QJsonObject config = run.value(QStringLiteral("config")).toObject();
    const QJsonObject backbone = run.value(QStringLiteral("backbone")).toObject();
    const QJsonObject init = run.value(QStringLiteral("init")).toObject();
    const auto of = [](const QJsonObject& object, const char* key) {
        return valueText(object.value(QLatin1String(key)));
    };
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "System"), of(config, "system"));
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Profile"), of(config, "profile"));
    addRow(
        section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Parameters"), of(run, "parameters"));
    addRow(
        section,
        QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Guide backbone"),
        of(backbone, "name"));
    addRow(
        section,
        QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "SHA-256 of the guide backbone"),
        of(backbone, "sha256"));
    addRow(section, QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Started from"), of(init, "path"));
    addRow(
        section,
        QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "SHA-256 of the model started from"),
        of(init, "sha256"));
    return section;
}

} // namespace

QString RunRecord::text() const
{
    QString text;
    for (const Section& section : sections) {
        text += section.title + QLatin1Char('\n');
        for (const Row& row : section.rows) {
            text += QStringLiteral("  %1: %2\n").arg(row.name, row.value);
        }
    }
    return commandLine.isEmpty() ? text
                                 : text + QLatin1Char('\n') + commandLine + QLatin1Char('\n');
}

RunRecord readRunRecord(const fs::path& folder)
{
    RunRecord record;
    const protocol::RunPaths paths{folder};
    bool isDamaged = false;
    const QJsonObject run = objectIn(paths.run(), isDamaged);
    QStringList problems;
    if (isDamaged) {
        problems << translated(QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "run.json is damaged."));
    } else if (run.isEmpty()) {
        problems << translated(QT_TRANSLATE_NOOP(
            "guidino::ui::RunRecord",
            "There is no run.json yet: it is written once the data are read."));
    }
    record.sections.append(runSection(folder, run));
    if (!run.isEmpty()) {
        QSet<QString> given;
        for (const QJsonValue& setting : run.value(QStringLiteral("settings")).toArray()) {
            given.insert(setting.toString().section(QLatin1Char('='), 0, 0));
        }
        record.sections.append(dataSection(run.value(QStringLiteral("data")).toObject()));
        record.sections.append(modelSection(run));
        RunRecord::Section settings{
            translated(QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "Settings")), {}};
        flatten(run.value(QStringLiteral("config")).toObject(), {}, given, settings);
        record.sections.append(settings);
    }
    const auto job = protocol::readJob(paths.job());
    if (!job && job.error().code != ErrorCode::NotFound) {
        problems << translated(QT_TRANSLATE_NOOP("guidino::ui::RunRecord", "job.json is damaged."));
    } else if (job) {
        if (const auto* train = std::get_if<protocol::TrainSpec>(&*job)) {
            // Not into the folder of this run, which is there already.
            record.commandLine =
                QString::fromStdString(protocol::commandLineOf(*train, folder.string() + "-again"));
        }
    }
    record.problem = problems.join(QLatin1Char(' '));
    return record;
}

QList<QString> validationImages(const fs::path& folder)
{
    bool isDamaged = false;
    const QJsonObject lists =
        objectIn(folder / "splits.json", isDamaged).value(QStringLiteral("lists")).toObject();
    QList<QString> names;
    for (const QJsonValue& entry : lists.value(QStringLiteral("val")).toArray()) {
        const QString name = entry.isString()
                                 ? entry.toString()
                                 : entry.toObject().value(QStringLiteral("name")).toString();
        if (!name.isEmpty()) {
            names.append(name);
        }
    }
    return names;
}

Status pinImages(const fs::path& folder, const QList<QString>& images)
{
    const QJsonObject wish{{QStringLiteral("images"), QJsonArray::fromStringList(images)}};
    GD_TRY(makeFolder(folder / "previews"));
    return writeFileAtomically(
        folder / "previews" / "pinned.json",
        QJsonDocument(wish).toJson(QJsonDocument::Indented).toStdString());
}

} // namespace guidino::ui
