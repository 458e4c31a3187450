// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/messages.h"

#include <QDateTime>
#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace guidino::jobs {

/// Which run holds which device, for all windows of this user on this machine: one job at a time on
/// GPUs, one on the CPU and one that only works on files, unless the user allows more GPU jobs. A
/// hold is worth as much as the worker in its run folder: it ends with it, whoever was there to see
/// it. GUI thread only; each call reads and writes one small file.
class DeviceLease
{
public:
    /// The kinds of place that jobs queue for.
    enum class Place { Gpu, Cpu, Files };

    /// `folder`: where holds are noted, common to all windows. Where nothing can be written there,
    /// the lease is this program's alone.
    explicit DeviceLease(QString folder);

    /// What the machine has, as a worker said it; before, "auto" counts as a GPU.
    void setDevices(const std::vector<protocol::Device>& devices);

    /// How many jobs may compute on GPUs at a time; at least 1.
    void setGpuLimit(int jobs);

    [[nodiscard]] int gpuLimit() const { return m_gpuLimit; }

    /// Where a job that asks for this device would compute: "auto" is the first usable GPU, else
    /// the CPU; an empty name: only files are worked on.
    [[nodiscard]] Place placeOf(const std::string& device) const;

    /// Takes a place for the run of this folder, or says by the folders of their runs who holds all
    /// that there are. Taking it twice is taking it once.
    [[nodiscard]] std::optional<QString> take(Place place, const QString& runFolder);

    /// Notes a run that was found at work, whatever the limit.
    void note(Place place, const QString& runFolder);

    void give(const QString& runFolder);

    /// Whether a run other than this one is on the place now.
    [[nodiscard]] bool isHeld(Place place) const;

private:
    struct Hold
    {
        Place place;
        QString folder;
        QDateTime since;
    };

    [[nodiscard]] std::vector<Hold> read() const;
    void write(const std::vector<Hold>& holds);
    [[nodiscard]] QString file() const;
    [[nodiscard]] static bool isInForce(const Hold& hold);

    QString m_folder;
    int m_gpuLimit = 1;
    bool m_knowsDevices = false;
    bool m_hasGpu = false;
    bool m_isShared = true;  ///< the folder can be written
    std::vector<Hold> m_own; ///< where it cannot
};

} // namespace guidino::jobs
