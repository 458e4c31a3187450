// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_ticket.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>
#include <filesystem>

namespace guidino::jobs {

namespace fs = std::filesystem;
using namespace protocol;

namespace {

constexpr int kTicketVersion = 1;

constexpr std::array kKinds{
    std::pair(JobKind::FineTune, "fine-tune"),
    std::pair(JobKind::TrainFromScratch, "train"),
    std::pair(JobKind::Predict, "predict"),
    std::pair(JobKind::Evaluate, "evaluate"),
    std::pair(JobKind::Explain, "explain"),
    std::pair(JobKind::Pack, "pack"),
    std::pair(JobKind::Import, "import"),
    std::pair(JobKind::Export, "export"),
    std::pair(JobKind::Compare, "compare"),
};

constexpr std::array kStates{
    JobState::Queued,
    JobState::Starting,
    JobState::Running,
    JobState::Paused,
    JobState::Stalled,
    JobState::Finished,
    JobState::Cancelled,
    JobState::Failed,
    JobState::Crashed,
    JobState::Lost,
};

constexpr std::array kActions{
    std::pair(SuggestedAction::None, "none"),
    std::pair(SuggestedAction::FixSettings, "fix_settings"),
    std::pair(SuggestedAction::FixInput, "fix_input"),
    std::pair(SuggestedAction::ReduceBatch, "reduce_batch"),
    std::pair(SuggestedAction::RetryWithAdvice, "retry_with_advice"),
    std::pair(SuggestedAction::Resume, "resume"),
    std::pair(SuggestedAction::FreeSpace, "free_space"),
    std::pair(SuggestedAction::ShowLog, "show_log"),
    std::pair(SuggestedAction::KillAndResume, "kill_and_resume"),
    std::pair(SuggestedAction::UpdateProgram, "update_program"),
};

QJsonArray pairsToJson(const std::vector<Setting>& pairs)
{
    QJsonArray array;
    for (const auto& [key, value] : pairs) {
        array.append(QJsonArray{QString::fromStdString(key), QString::fromStdString(value)});
    }
    return array;
}

std::vector<Setting> pairsFromJson(const QJsonValue& value)
{
    std::vector<Setting> pairs;
    const QJsonArray array = value.toArray();
    for (const auto& item : array) {
        const QJsonArray pair = item.toArray();
        if (pair.size() == 2) {
            pairs.emplace_back(pair[0].toString().toStdString(), pair[1].toString().toStdString());
        }
    }
    return pairs;
}

QString timeText(const QDateTime& time)
{
    return time.isValid() ? time.toUTC().toString(Qt::ISODateWithMs) : QString();
}

QDateTime timeFrom(const QJsonValue& value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
}

Error noSetting(const std::string& key, const char* job)
{
    return Error{ErrorCode::Configuration, "'" + key + "' is no setting of " + job, {{"key", key}}};
}

bool toFlag(const std::string& value)
{
    return value == "true" || value == "1";
}

Status setOf(TrainSpec& spec, const Setting& setting)
{
    const auto& [key, value] = setting;
    if (key == "device") {
        spec.device = value;
    } else if (key == "threads") {
        spec.threads = QByteArray::fromStdString(value).toInt();
    } else if (key == "guide_correction_weight") {
        spec.guideCorrectionWeight = QByteArray::fromStdString(value).toDouble();
    } else if (key.find('.') == std::string::npos) {
        return noSetting(key, "a training");
    } else {
        std::erase_if(spec.settings, [&key = key](const std::string& one) {
            return one.starts_with(key + "=");
        });
        spec.settings.push_back(key + "=" + value);
    }
    return {};
}

Status setOf(PredictSpec& spec, const Setting& setting)
{
    const auto& [key, value] = setting;
    if (key == "device") {
        spec.device = value;
    } else if (key == "threads") {
        spec.threads = QByteArray::fromStdString(value).toInt();
    } else if (key == "mode") {
        spec.mode = value;
    } else if (key == "precision") {
        spec.precision = value;
    } else if (key == "mirror") {
        spec.mirror = toFlag(value);
    } else if (key == "overlap") {
        spec.overlap = QByteArray::fromStdString(value).toDouble();
    } else {
        return noSetting(key, "a prediction");
    }
    return {};
}

/// The value of "--NAME VALUE"; end() where there is none.
std::vector<std::string>::iterator valueOf(std::vector<std::string>& words, const char* name)
{
    const auto option = std::find(words.begin(), words.end(), name);
    return option == words.end() || option + 1 == words.end() ? words.end() : option + 1;
}

Status setOf(CommandSpec& spec, const Setting& setting)
{
    const auto& [key, value] = setting;
    if (key != "device" && key != "threads") {
        return noSetting(key, "this job");
    }
    const std::string option = "--" + key;
    if (const auto at = valueOf(spec.words, option.c_str()); at != spec.words.end()) {
        *at = value;
    } else {
        spec.words.insert(spec.words.end(), {option, value});
    }
    return {};
}

void rebase(fs::path& path, const fs::path& from, const fs::path& to)
{
    const fs::path relative = path.lexically_relative(from);
    if (!path.empty() && !relative.empty() && *relative.begin() != "..") {
        path = (to / relative).lexically_normal();
    }
}

void rebase(TrainSpec& spec, const fs::path& from, const fs::path& to)
{
    for (fs::path* path :
         {&spec.data, &spec.labels, &spec.splits, &spec.guideCorrections, &spec.init}) {
        rebase(*path, from, to);
    }
}

void rebase(PredictSpec& spec, const fs::path& from, const fs::path& to)
{
    for (fs::path* path : {&spec.model, &spec.input, &spec.out, &spec.splits, &spec.guide}) {
        rebase(*path, from, to);
    }
}

void rebase(CommandSpec& spec, const fs::path& from, const fs::path& to)
{
    for (std::string& word : spec.words) {
        if (fs::path path = word; path.is_absolute()) {
            rebase(path, from, to);
            word = path.string();
        }
    }
}

} // namespace

const char* nameOf(JobKind kind)
{
    for (const auto& [value, name] : kKinds) {
        if (value == kind) {
            return name;
        }
    }
    return "predict";
}

std::optional<JobKind> jobKindFrom(const QString& name)
{
    for (const auto& [value, text] : kKinds) {
        if (name == QLatin1StringView(text)) {
            return value;
        }
    }
    return std::nullopt;
}

JobKind kindOf(const JobSpec& spec)
{
    if (const auto* train = std::get_if<TrainSpec>(&spec)) {
        return train->init.empty() ? JobKind::TrainFromScratch : JobKind::FineTune;
    }
    if (const auto* command = std::get_if<CommandSpec>(&spec); command != nullptr) {
        const auto word = [command](std::size_t i) {
            return i < command->words.size() ? command->words[i] : std::string();
        };
        return word(0) == "evaluate"  ? JobKind::Evaluate
               : word(0) == "explain" ? JobKind::Explain
               : word(0) == "data"    ? JobKind::Pack
               : word(0) == "nnunet"  ? JobKind::Predict
               : word(1) == "import"  ? JobKind::Import
                                      : JobKind::Export;
    }
    return JobKind::Predict;
}

Result<JobSpec> withSettings(JobSpec spec, const std::vector<Setting>& settings)
{
    for (const Setting& setting : settings) {
        GD_TRY(std::visit([&](auto& job) { return setOf(job, setting); }, spec));
    }
    return spec;
}

JobSpec rebased(JobSpec spec, const std::string& from, const std::string& to)
{
    std::visit([&](auto& job) { rebase(job, fs::path(from), fs::path(to)); }, spec);
    return spec;
}

std::string deviceOf(const JobSpec& spec)
{
    return std::visit(
        [](const auto& job) {
            if constexpr (requires { job.device; }) {
                return job.device;
            } else { // of the others only these compute on a device
                auto words = job.words;
                const auto device = valueOf(words, "--device");
                const bool computes =
                    !words.empty() && (words.front() == "explain" || words.front() == "nnunet");
                return !computes               ? std::string()
                       : device == words.end() ? std::string("auto")
                                               : *device;
            }
        },
        spec);
}

QString Job::bundle() const
{
    if (end.state != JobState::Finished || result.path.empty()
        || !std::holds_alternative<TrainSpec>(spec)) {
        return {};
    }
    const fs::path path = result.path;
    return QString::fromStdString(
        (path.is_absolute() ? path : fs::path(folder.toStdString()) / path).string());
}

QByteArray encodeTicket(const Job& job)
{
    QJsonObject object{
        {QStringLiteral("version"), kTicketVersion},
        {QStringLiteral("kind"), QLatin1StringView(nameOf(job.kind))},
        {QStringLiteral("name"), job.name},
        {QStringLiteral("order"), job.order},
        {QStringLiteral("state"), QLatin1StringView(nameOf(job.end.state))},
        {QStringLiteral("created"), timeText(job.created)},
        {QStringLiteral("started"), timeText(job.started)},
        {QStringLiteral("ended"), timeText(job.ended)},
        {QStringLiteral("origin"), static_cast<qint64>(job.origin.value)},
        {QStringLiteral("successor"), static_cast<qint64>(job.successor.value)},
        {QStringLiteral("continued"), job.isContinued},
    };
    if (isEnd(job.end.state)) {
        for (const auto& [action, name] : kActions) {
            if (action == job.end.action) {
                object.insert(QStringLiteral("action"), QLatin1StringView(name));
            }
        }
        if (job.end.exitCode) {
            object.insert(QStringLiteral("exit_code"), *job.end.exitCode);
        }
        const Failure& failure = job.end.failure;
        if (!failure.code.empty()) {
            object.insert(
                QStringLiteral("error"),
                QJsonObject{
                    {QStringLiteral("code"), QString::fromStdString(failure.code)},
                    {QStringLiteral("message"), QString::fromStdString(failure.message)},
                    {QStringLiteral("context"), pairsToJson(failure.context)},
                    {QStringLiteral("retryable"), failure.retryable},
                    {QStringLiteral("advice"), pairsToJson(failure.advice)}});
        }
        if (!job.result.path.empty()) {
            object.insert(
                QStringLiteral("result"),
                QJsonObject{
                    {QStringLiteral("path"), QString::fromStdString(job.result.path)},
                    {QStringLiteral("score"), job.result.score}});
        }
        object.insert(
            QStringLiteral("progress"),
            QJsonObject{
                {QStringLiteral("phase"), QString::fromStdString(job.progress.phase)},
                {QStringLiteral("step"), static_cast<qint64>(job.progress.step)},
                {QStringLiteral("total"), static_cast<qint64>(job.progress.total)},
                {QStringLiteral("detail"), QString::fromStdString(job.progress.detail)}});
    }
    return QJsonDocument(object).toJson();
}

Status decodeTicket(const QByteArray& text, Job& job)
{
    const QJsonDocument document = QJsonDocument::fromJson(text);
    const QJsonObject object = document.object();
    const auto kind = jobKindFrom(object.value(QStringLiteral("kind")).toString());
    if (!document.isObject() || !kind
        || object.value(QStringLiteral("version")).toInt() != kTicketVersion) {
        return Error{ErrorCode::BadInput, "not a ticket of a job that this version knows", {}};
    }
    job.kind = *kind;
    job.name = object.value(QStringLiteral("name")).toString();
    job.order = object.value(QStringLiteral("order")).toDouble();
    job.created = timeFrom(object.value(QStringLiteral("created")));
    job.started = timeFrom(object.value(QStringLiteral("started")));
    job.ended = timeFrom(object.value(QStringLiteral("ended")));
    job.origin = JobId{object.value(QStringLiteral("origin")).toInteger()};
    job.successor = JobId{object.value(QStringLiteral("successor")).toInteger()};
    job.isContinued = object.value(QStringLiteral("continued")).toBool();
    job.end = {};
    job.end.state = JobState::Queued;
    const QString state = object.value(QStringLiteral("state")).toString();
    for (const JobState one : kStates) {
        if (state == QLatin1StringView(nameOf(one))) {
            job.end.state = one;
        }
    }
    const QString action = object.value(QStringLiteral("action")).toString();
    for (const auto& [value, name] : kActions) {
        if (action == QLatin1StringView(name)) {
            job.end.action = value;
        }
    }
    if (const QJsonValue code = object.value(QStringLiteral("exit_code")); code.isDouble()) {
        job.end.exitCode = code.toInt();
    }
    const QJsonObject error = object.value(QStringLiteral("error")).toObject();
    Failure& failure = job.end.failure;
    failure.code = error.value(QStringLiteral("code")).toString().toStdString();
    failure.message = error.value(QStringLiteral("message")).toString().toStdString();
    failure.context = pairsFromJson(error.value(QStringLiteral("context")));
    failure.retryable = error.value(QStringLiteral("retryable")).toBool();
    failure.advice = pairsFromJson(error.value(QStringLiteral("advice")));
    const QJsonObject result = object.value(QStringLiteral("result")).toObject();
    job.result.path = result.value(QStringLiteral("path")).toString().toStdString();
    job.result.score = result.value(QStringLiteral("score")).toDouble();
    const QJsonObject progress = object.value(QStringLiteral("progress")).toObject();
    job.progress.phase = progress.value(QStringLiteral("phase")).toString().toStdString();
    job.progress.step = progress.value(QStringLiteral("step")).toInteger();
    job.progress.total = progress.value(QStringLiteral("total")).toInteger();
    job.progress.detail = progress.value(QStringLiteral("detail")).toString().toStdString();
    return {};
}

} // namespace guidino::jobs
