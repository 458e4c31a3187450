// SPDX-License-Identifier: Apache-2.0
#include "ui/model/run_curves.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <variant>

namespace guidino::ui {

namespace {

constexpr qsizetype kMostRemarks = 1000;
/// The learning rate of a smooth schedule changes at each epoch: a step is a jump after a plateau.
constexpr double kLeastJump = 1.2;

int numberAt(const std::string& text, std::size_t at, std::size_t digits)
{
    int value = 0;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + digits, value);
    return error == std::errc() && end == begin + digits ? value : -1;
}

/// The second number of "epoch 3/40"; 0 where there is none.
int epochsOf(const std::string& detail)
{
    const std::string_view prefix = "epoch ";
    const std::size_t slash = detail.find('/');
    if (!detail.starts_with(prefix) || slash == std::string::npos) {
        return 0;
    }
    int value = 0;
    std::from_chars(detail.data() + slash + 1, detail.data() + detail.size(), value);
    return std::max(0, value);
}

} // namespace

double secondsOfTime(const std::string& time)
{
    // YYYY-MM-DDTHH:MM:SS.mmmZ
    if (time.size() < 20 || time[4] != '-' || time[7] != '-' || time[10] != 'T' || time[13] != ':'
        || time[16] != ':') {
        return -1;
    }
    const int year = numberAt(time, 0, 4);
    const int month = numberAt(time, 5, 2);
    const int day = numberAt(time, 8, 2);
    const int hour = numberAt(time, 11, 2);
    const int minute = numberAt(time, 14, 2);
    const int second = numberAt(time, 17, 2);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || minute < 0
        || second < 0) {
        return -1;
    }
    const std::chrono::sys_days date =
        std::chrono::year(year) / month / static_cast<unsigned>(day); // overflowing days go on
    double seconds = static_cast<double>(date.time_since_epoch().count()) * 86400.0 + hour * 3600.0
                     + minute * 60.0 + second;
    if (time[19] == '.' && time.size() >= 23) {
        seconds += std::max(0, numberAt(time, 20, 3)) / 1000.0;
    }
    return seconds;
}

void RunCurves::take(const protocol::Received<protocol::Message>& message)
{
    const bool isHello = std::holds_alternative<protocol::Hello>(message.body);
    clock(message.envelope.time, isHello);
    if (isHello) {
        m_isContinuing = m_sessions > 0;
        m_isPaused = false;
        ++m_sessions;
    } else if (const auto* progress = std::get_if<protocol::Progress>(&message.body)) {
        takeProgress(*progress);
    } else if (const auto* metric = std::get_if<protocol::Metric>(&message.body)) {
        takeMetric(*metric);
    } else if (const auto* preview = std::get_if<protocol::Preview>(&message.body)) {
        takePreview(*preview);
    } else if (const auto* checkpoint = std::get_if<protocol::Checkpoint>(&message.body)) {
        takeCheckpoint(*checkpoint);
    } else if (const auto* alive = std::get_if<protocol::Alive>(&message.body)) {
        takeAlive(*alive);
    } else if (const auto* bye = std::get_if<protocol::Bye>(&message.body)) {
        takeBye(*bye);
    } else if (const auto* warning = std::get_if<protocol::Warning>(&message.body)) {
        remark(warning->message);
    } else if (const auto* failure = std::get_if<protocol::Failure>(&message.body)) {
        remark(failure->message);
    }
}

void RunCurves::clock(const std::string& time, bool isNewSession)
{
    const double now = secondsOfTime(time);
    if (now < 0) {
        return;
    }
    if (m_beginTime.empty()) {
        m_beginTime = time;
    } else if (!isNewSession && now > m_lastTime) { // clocks may be set back
        m_seconds += now - m_lastTime;
    }
    m_lastTime = now;
}

double RunCurves::epochNow() const
{
    return m_stepsPerEpoch > 0 ? m_step / m_stepsPerEpoch : m_step;
}

void RunCurves::mark(RunMark::Kind kind, double value)
{
    m_marks.push_back({kind, epochNow(), m_seconds, value});
}

void RunCurves::setStepsPerEpoch(double steps)
{
    if (steps > 0 && std::isfinite(steps)) {
        m_stepsPerEpoch = steps;
    }
}

void RunCurves::takeProgress(const protocol::Progress& progress)
{
    if (progress.phase != "train" || progress.step < 0) {
        return;
    }
    if (const int epochs = epochsOf(progress.detail); epochs > 0 && progress.total > 0) {
        m_epochs = epochs;
        setStepsPerEpoch(static_cast<double>(progress.total) / epochs);
    } else if (m_stepsPerEpoch <= 0 && progress.total > 0) {
        m_epochs = static_cast<int>(std::min<std::int64_t>(progress.total, 1'000'000));
    }
    m_step = static_cast<double>(progress.step);
    if (std::exchange(m_isContinuing, false)) {
        mark(RunMark::Kind::Continued);
    }
}

void RunCurves::takeMetric(const protocol::Metric& metric)
{
    const bool isByStep = metric.name == "loss" && metric.split == "train";
    add(QString::fromStdString(metric.name),
        QString::fromStdString(metric.split),
        isByStep,
        static_cast<double>(metric.step),
        m_seconds,
        metric.value);
}

void RunCurves::add(
    const QString& name,
    const QString& split,
    bool isByStep,
    double at,
    double seconds,
    double value)
{
    if (!std::isfinite(value) || !std::isfinite(at)) {
        return; // undefined
    }
    auto curve = std::find_if(m_curves.begin(), m_curves.end(), [&](const RunCurve& one) {
        return one.name == name && one.split == split;
    });
    if (curve == m_curves.end()) {
        m_curves.push_back({name, split, isByStep, {}, {}, {}});
        curve = m_curves.end() - 1;
    }
    // After a resume the same steps come again.
    while (!curve->at.empty() && curve->at.back() >= at) {
        curve->at.pop_back();
        curve->seconds.pop_back();
        curve->values.pop_back();
    }
    curve->at.push_back(at);
    curve->seconds.push_back(seconds);
    curve->values.push_back(value);
}

void RunCurves::takePreview(const protocol::Preview& preview)
{
    const QString image = QString::fromStdString(preview.image);
    auto found = std::find_if(m_previews.begin(), m_previews.end(), [&](const RunPreviews& one) {
        return one.image == image;
    });
    if (found == m_previews.end()) {
        m_previews.append({image, {}});
        found = m_previews.end() - 1;
    }
    found->files[preview.step] = QString::fromStdString(preview.path);
}

void RunCurves::takeCheckpoint(const protocol::Checkpoint& checkpoint)
{
    const auto epoch = static_cast<double>(checkpoint.step);
    std::erase_if(m_marks, [epoch](const RunMark& one) {
        return one.kind == RunMark::Kind::Checkpoint && one.epoch >= epoch;
    });
    m_marks.push_back({RunMark::Kind::Checkpoint, epoch, m_seconds, checkpoint.score});
}

void RunCurves::takeAlive(const protocol::Alive& alive)
{
    const bool isPaused = alive.state == "paused";
    if (isPaused != m_isPaused) {
        m_isPaused = isPaused;
        mark(isPaused ? RunMark::Kind::Paused : RunMark::Kind::Resumed);
    }
}

void RunCurves::takeBye(const protocol::Bye& bye)
{
    m_isPaused = false;
    mark(
        bye.reason == "stopped"     ? RunMark::Kind::Stopped
        : bye.reason == "cancelled" ? RunMark::Kind::Cancelled
        : bye.exitCode != 0         ? RunMark::Kind::Failed
                                    : RunMark::Kind::Finished);
}

void RunCurves::remark(const std::string& text)
{
    m_remarks.append(QString::fromStdString(text));
    if (m_remarks.size() > kMostRemarks) {
        m_remarks.removeFirst();
    }
}

const RunCurve* RunCurves::find(const QString& name, const QString& split) const
{
    for (const RunCurve& curve : m_curves) {
        if (curve.name == name && (split.isEmpty() || curve.split == split)) {
            return &curve;
        }
    }
    return nullptr;
}

std::vector<RunMark> RunCurves::marks() const
{
    std::vector<RunMark> marks = m_marks;
    if (const RunCurve* rate = find(QStringLiteral("lr"))) {
        for (std::size_t i = 2; i < rate->values.size(); ++i) {
            const double before = rate->values[i - 1];
            const double now = rate->values[i];
            const bool isPlateau = rate->values[i - 2] == before;
            const bool isJump =
                before > 0 && now > 0 && std::max(now / before, before / now) >= kLeastJump;
            if (isPlateau && isJump) {
                // The rate of an epoch holds from its begin.
                marks.push_back(
                    {RunMark::Kind::LearningRate, rate->at[i] - 1, rate->seconds[i - 1], now});
            }
        }
    }
    std::stable_sort(marks.begin(), marks.end(), [](const RunMark& a, const RunMark& b) {
        return a.seconds < b.seconds;
    });
    return marks;
}

double RunCurves::place(const RunCurve& curve, std::size_t i, RunAxis axis) const
{
    const double perEpoch = m_stepsPerEpoch > 0 ? m_stepsPerEpoch : 1;
    switch (axis) {
    case RunAxis::Epoch:
        return curve.isByStep ? curve.at[i] / perEpoch : curve.at[i];
    case RunAxis::Step:
        return curve.isByStep ? curve.at[i] : curve.at[i] * perEpoch;
    case RunAxis::Minutes:
        break;
    }
    return curve.seconds[i] / 60;
}

QList<QPointF> RunCurves::points(const RunCurve& curve, RunAxis axis) const
{
    QList<QPointF> points;
    points.reserve(static_cast<qsizetype>(curve.at.size()));
    for (std::size_t i = 0; i < curve.at.size(); ++i) {
        points.append({place(curve, i, axis), curve.values[i]});
    }
    return points;
}

double RunCurves::place(const RunMark& mark, RunAxis axis) const
{
    switch (axis) {
    case RunAxis::Epoch:
        return mark.epoch;
    case RunAxis::Step:
        return mark.epoch * (m_stepsPerEpoch > 0 ? m_stepsPerEpoch : 1);
    case RunAxis::Minutes:
        break;
    }
    return mark.seconds / 60;
}

} // namespace guidino::ui
