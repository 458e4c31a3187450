// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/runtime.h"
#include "core/engine/training_data.h"

#include <torch/types.h> // layout-ok: internal header of the engine, seen by its sources only

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace guidino::engine {

/// What the filmstrip of a training shows: of some pinned validation cases, at each validation, one
/// picture (STEM-epochNNNN.png: prediction and reference outlined on the image, beside it the
/// guide) and one line of scores.csv. Which cases can change while the training runs: pinned.json
/// in the folder, written by whoever watches, is looked at before each validation.
///
/// Used by one thread. References must outlive this.
class TrainingPreviews
{
public:
    /// Of one case at native size, means over the classes; nothing where undefined.
    struct Score
    {
        std::optional<double> dsc;
        std::optional<double> iou;
        std::optional<double> hd95;
    };

    TrainingPreviews(const TrainingData& data, double threshold, JobContext& context)
        : m_data(data)
        , m_threshold(threshold)
        , m_context(context)
        , m_isPinned(data.cases.size(), false)
        , m_scores(data.cases.size())
    {}

    /// `stems`: names or stems of cases; empty: six spread over the list. Without a folder nothing
    /// is written.
    void pin(const std::vector<std::string>& stems, std::filesystem::path folder);

    /// Takes over pinned.json where it is there and names cases; a damaged one is told once.
    void followPins();

    [[nodiscard]] bool isWanted(std::size_t position) const
    {
        return !m_folder.empty() && m_isPinned[position];
    }

    /// `image` [H, W, 3] uint8 and `probabilities` [1, K, H, W] at training size, on the CPU;
    /// `guide` [1, 1, h, w] or undefined; `epoch` 0-based, −1 before the first. CannotWrite by
    /// exception.
    void write(
        std::size_t position,
        const torch::Tensor& image,
        const torch::Tensor& guide,
        const torch::Tensor& probabilities,
        std::int64_t epoch);

    void note(std::size_t position, const Score& score) { m_scores[position] = score; }

    /// Appends the scores of the pinned cases. CannotWrite by exception.
    void writeScores(std::int64_t epoch) const;

private:
    bool choose(const std::vector<std::string>& stems);

    const TrainingData& m_data;
    double m_threshold;
    JobContext& m_context;
    std::filesystem::path m_folder;
    std::vector<bool> m_isPinned;
    std::vector<Score> m_scores;
    std::string m_wish; ///< what pinned.json said last
};

} // namespace guidino::engine
