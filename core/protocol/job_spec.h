// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a run shall do: the options of `guidino train` and `guidino predict`, the same values
/// whether typed by a user or sent by the window in a run folder's job.json; and whole command
/// lines.
namespace guidino::protocol {

struct TrainSpec
{
    std::string config;                ///< SYSTEM[.PROFILE] or a file
    std::string recipe;                ///< name or file; empty: the configuration's own settings
    std::vector<std::string> settings; ///< "path.key=value", applied last
    std::filesystem::path data;        ///< folder or pack
    std::string layout;                ///< empty: found automatically
    std::filesystem::path labels;      ///< masks in another folder; empty: found automatically
    std::filesystem::path splits;      ///< splits.json; empty: the data's own, else made by seed
    std::filesystem::path guideCorrections;      ///< folder of painted guides by stem; empty: none
    std::optional<double> guideCorrectionWeight; ///< nothing: 1
    std::filesystem::path init;                  ///< bundle (path or name) to start from
    std::string device = "auto";
    int threads = 0;                        ///< 0: as many as there are cores
    std::vector<std::string> previewImages; ///< stems of pinned cases; empty: six are chosen
    bool tensorboard = false;               ///< event files of TensorBoard beside metrics.csv
    bool dryRun = false; ///< two steps on made-up images tell memory and time; nothing is trained

    friend bool operator==(const TrainSpec&, const TrainSpec&) = default;
};

struct PredictSpec
{
    std::filesystem::path model; ///< bundle (path or name)
    std::filesystem::path input; ///< image, folder or data set
    std::filesystem::path out;
    std::string layout;
    std::string split;            ///< only this list of a data set with splits
    std::filesystem::path splits; ///< splits.json to take the list from
    std::string mode;             ///< whole, sliding; empty: as the bundle says
    std::optional<bool> mirror;   ///< nothing: as the bundle says
    std::optional<double> overlap;
    std::string device = "auto";
    std::string precision; ///< fp32, bf16; empty: fp32
    int threads = 0;
    bool flattenGuide = false;
    std::filesystem::path guide; ///< file or folder of guides to use instead
    std::vector<double> prototypeWeights;
    bool writeProbability = true;
    bool writeOverlay = true;

    friend bool operator==(const PredictSpec&, const PredictSpec&) = default;
};

/// Any other subcommand that works on its own: its words as one would type them, without "guidino".
/// Known are evaluate, explain, data pack, models import, models export and nnunet predict.
struct CommandSpec
{
    std::vector<std::string> words; ///< such as {"evaluate", "--pred", ...}; paths are absolute

    friend bool operator==(const CommandSpec&, const CommandSpec&) = default;
};

/// Whether the words begin with a subcommand that may be a job.
[[nodiscard]] bool isJobCommand(const std::vector<std::string>& words);

using JobSpec = std::variant<TrainSpec, PredictSpec, CommandSpec>;

/// The text of a job.json. Fields with their default value are left out.
[[nodiscard]] std::string encodeJob(const JobSpec& spec);

/// Configuration, naming the field, for what is no job of this version: damaged JSON, an unknown
/// type or key, a field of a wrong type.
[[nodiscard]] Result<JobSpec> decodeJob(std::string_view text);

} // namespace guidino::protocol
