// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/job_state.h"
#include "core/jobs/job_ticket.h"
#include "core/protocol/job_spec.h"

#include <QObject>
#include <QString>

#include <cstdint>
#include <memory>
#include <vector>

namespace guidino::jobs {

/// What a training would take on its device, measured by two steps (docs/protocol.md).
struct PreflightReport
{
    QString device; ///< "cpu", "cuda:0"
    QString label;  ///< such as "NVIDIA H200"
    int batchSize = 0;
    int imageSize = 0;
    std::int64_t trainImages = 0;
    std::int64_t validationImages = 0;
    std::int64_t epochs = 0;
    std::int64_t stepsPerEpoch = 0;
    double secondsPerStep = 0;
    double secondsInAll = 0; ///< an estimate: steps and validations
    bool tokensAreCached = false;
    std::uint64_t neededBytes = 0;
    std::uint64_t freeBytes = 0; ///< 0: not known
    bool fits = true;
    std::vector<Setting> advice; ///< where it does not fit: one setting that was tried and does
};

/// Asks `guidino train --dry-run` about a training, in a process of its own that dies with this
/// object. A newer question ends the one before. GUI thread only; nothing blocks.
class PreflightCheck : public QObject
{
    Q_OBJECT

public:
    /// `program`: guidino.
    explicit PreflightCheck(QString program, QObject* parent = nullptr);
    ~PreflightCheck() override;

    /// measured() or failed() follows, unless it is asked again or cancelled.
    void start(const protocol::TrainSpec& spec);
    void cancel();

    [[nodiscard]] bool isRunning() const;

Q_SIGNALS:
    void measured(const guidino::jobs::PreflightReport& report);
    /// The dry run itself failed: wrong settings, no data, a crash. `message`: the program's words.
    void failed(const guidino::jobs::JobEnd& end, const QString& message);

private:
    void finish(int exitCode, bool isCrash);

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace guidino::jobs
