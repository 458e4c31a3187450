// SPDX-License-Identifier: Apache-2.0
#include "ui/model/project_survey.h"

#include "core/base/sha256.h"
#include "core/project/journal_codec.h"

#include <QElapsedTimer>
#include <QThread>
#include <QtConcurrentRun>

#include <system_error>
#include <utility>

namespace guidino::ui {

namespace {

/// Findings are handed over this often, or in such numbers: each costs one short transaction.
constexpr int kHandOverMs = 400;
constexpr std::size_t kHandOverCount = 64;

SurveyFinding lookAt(const SurveyItem& item)
{
    SurveyFinding finding;
    finding.image = item.image;
    std::error_code ignored;
    if (!std::filesystem::exists(item.file, ignored)) {
        finding.isMissing = true;
        return finding;
    }
    const auto size = readImageSize(item.file);
    if (!size) {
        return finding; // said when it is opened
    }
    if (item.wantsContent) {
        finding.size = *size;
        if (auto hash = sha256OfFile(item.file)) {
            finding.sha256 = QString::fromStdString(*hash);
        }
    }
    if (item.wantsMask) {
        const FoundLabels found = findMask(item.source, *size);
        if (found.isFromFile) {
            finding.labels = project::encodeLabels(found.labels);
            finding.classes = project::classesIn(found.labels);
        }
    }
    return finding;
}

} // namespace

ProjectSurvey::ProjectSurvey(QObject* parent)
    : QObject(parent)
{
    m_pool.setMaxThreadCount(1);
    m_pool.setThreadPriority(QThread::LowestPriority);
}

ProjectSurvey::~ProjectSurvey()
{
    stop();
    m_pool.waitForDone();
}

void ProjectSurvey::stop()
{
    m_cancel.cancel();
    m_isRunning = false;
}

void ProjectSurvey::start(std::vector<SurveyItem> items)
{
    stop();
    m_cancel = CancelToken();
    m_isRunning = true;
    m_pool.start([this, cancel = m_cancel, items = std::move(items)] {
        // Signals of a survey that was stopped are dropped in the receiver's thread.
        const auto tell = [this, cancel](auto&& send) {
            QMetaObject::invokeMethod(
                this,
                [cancel, send = std::forward<decltype(send)>(send)] {
                    if (!cancel.isCancelled()) {
                        send();
                    }
                },
                Qt::QueuedConnection);
        };
        std::vector<ImageId> missing;
        for (const SurveyItem& item : items) {
            std::error_code ignored;
            if (cancel.isCancelled()) {
                return;
            }
            if (!std::filesystem::exists(item.file, ignored)) {
                missing.push_back(item.image);
            }
        }
        tell([this, missing] { Q_EMIT missingFound(missing); });
        std::vector<SurveyFinding> findings;
        QElapsedTimer sinceLast;
        sinceLast.start();
        const auto handOver = [&] {
            if (!findings.empty()) {
                tell([this, some = std::exchange(findings, {})] { Q_EMIT found(some); });
            }
            sinceLast.restart();
        };
        for (const SurveyItem& item : items) {
            if (cancel.isCancelled()) {
                return;
            }
            if (item.wantsContent || item.wantsMask) {
                findings.push_back(lookAt(item));
            }
            if (findings.size() >= kHandOverCount || sinceLast.hasExpired(kHandOverMs)) {
                handOver();
            }
        }
        handOver();
        tell([this] {
            m_isRunning = false;
            Q_EMIT finished();
        });
    });
}

} // namespace guidino::ui
