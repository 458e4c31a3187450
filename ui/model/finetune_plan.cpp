// SPDX-License-Identifier: Apache-2.0
#include "ui/model/finetune_plan.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <unordered_map>

namespace guidino::ui {

namespace {

struct Tr
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::FineTunePlan)
};

/// Fewer labelled images than this get no locked set.
constexpr std::size_t kFewestForLocked = 10;

/// Fewer leave nothing to choose a checkpoint by.
constexpr std::size_t kFewestImages = 3;

/// Of the recipe finetune, and of what is trained from scratch.
constexpr int kBatch = 4;

bool isHeldOut(const QString& split)
{
    return split == QLatin1String("locked") || split == QLatin1String("test");
}

/// Sets of cases that must stay together, by union-find; a set's root is its first case.
class Units
{
public:
    Units(const std::vector<FineTuneCase>& cases, const std::vector<AlikePair>& alike)
        : m_parent(cases.size())
    {
        std::iota(m_parent.begin(), m_parent.end(), std::size_t{0});
        std::map<QString, std::size_t> firstOf;
        std::unordered_map<ImageId, std::size_t> position;
        for (std::size_t i = 0; i < cases.size(); ++i) {
            position.emplace(cases[i].image, i);
            if (!cases[i].group.isEmpty()) {
                join(firstOf.emplace(cases[i].group, i).first->second, i);
            }
        }
        for (const auto& [a, b] : alike) {
            const auto first = position.find(a);
            const auto second = position.find(b);
            if (first != position.end() && second != position.end()) {
                join(first->second, second->second);
            }
        }
    }

    [[nodiscard]] std::size_t rootOf(std::size_t i) const
    {
        while (m_parent[i] != i) {
            i = m_parent[i];
        }
        return i;
    }

private:
    void join(std::size_t a, std::size_t b)
    {
        const std::size_t rootA = rootOf(a);
        const std::size_t rootB = rootOf(b);
        m_parent[std::max(rootA, rootB)] = std::min(rootA, rootB);
    }

    std::vector<std::size_t> m_parent;
};

struct Unit
{
    std::vector<std::size_t> members;
    std::size_t usable = 0; ///< members that may train
    QString split;          ///< of those that have one; the most cautious
};

/// "locked" before "validation" before "train".
QString moreCautious(const QString& a, const QString& b)
{
    const auto rank = [](const QString& split) {
        return isHeldOut(split)                       ? 3
               : split == QLatin1String("validation") ? 2
               : split.isEmpty()                      ? 0
                                                      : 1;
    };
    return rank(b) > rank(a) ? b : a;
}

bool isUsable(const FineTuneCase& one)
{
    return one.isLabelled && !one.isBarred;
}

/// Draws units for a list until it has `wanted` images more, leaving at least one for the rest.
void draw(
    std::vector<Unit*>& free,
    std::size_t wanted,
    std::size_t spare,
    const QString& split,
    std::size_t has)
{
    for (auto unit = free.begin(); unit != free.end() && has < wanted && free.size() > spare;) {
        const std::size_t after = has + (*unit)->usable;
        // A large group must not swallow the images, unless there is nothing smaller.
        if (after > wanted + std::max<std::size_t>(1, wanted / 2)) {
            ++unit;
            continue;
        }
        (*unit)->split = split;
        has = after;
        unit = free.erase(unit);
    }
    if (has == 0 && wanted > 0 && free.size() > spare) {
        const auto smallest =
            std::min_element(free.begin(), free.end(), [](const Unit* a, const Unit* b) {
                return a->usable < b->usable;
            });
        (*smallest)->split = split;
        free.erase(smallest);
    }
}

std::size_t share(std::size_t count, double part)
{
    return static_cast<std::size_t>(std::lround(static_cast<double>(count) * part));
}

} // namespace

FineTuneSplit proposeSplit(
    const std::vector<FineTuneCase>& cases,
    const std::vector<AlikePair>& alike,
    const SplitShares& shares,
    std::uint64_t seed)
{
    const Units roots(cases, alike);
    std::map<std::size_t, Unit> units;
    std::size_t usable = 0;
    std::size_t locked = 0;
    std::size_t validation = 0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        Unit& unit = units[roots.rootOf(i)];
        unit.members.push_back(i);
        unit.split = moreCautious(unit.split, cases[i].split);
        if (isUsable(cases[i])) {
            ++unit.usable;
            ++usable;
            locked += isHeldOut(cases[i].split) ? 1 : 0;
            validation += cases[i].split == QLatin1String("validation") ? 1 : 0;
        }
    }
    std::vector<Unit*> free;
    for (auto& [root, unit] : units) {
        if (unit.split.isEmpty() && unit.usable > 0) {
            free.push_back(&unit);
        }
    }
    std::mt19937_64 random(seed);
    for (std::size_t i = free.size(); i > 1; --i) { // std::shuffle differs between libraries
        std::swap(free[i - 1], free[random() % i]);
    }
    const std::size_t wantedLocked = usable >= kFewestForLocked ? share(usable, shares.locked) : 0;
    draw(free, wantedLocked, 2, QStringLiteral("locked"), locked);
    const std::size_t wantedValidation = std::max<std::size_t>(
        1, share(usable - std::max(locked, std::min(wantedLocked, usable)), shares.validation));
    if (free.empty() && validation == 0) {
        // The data set named all of its images as training: some of them choose.
        for (auto& [root, unit] : units) {
            if (unit.split == QLatin1String("train") && unit.usable > 0) {
                free.push_back(&unit);
            }
        }
        for (std::size_t i = free.size(); i > 1; --i) {
            std::swap(free[i - 1], free[random() % i]);
        }
    }
    draw(free, wantedValidation, 1, QStringLiteral("validation"), validation);

    FineTuneSplit result;
    for (auto& [root, unit] : units) {
        if (unit.split.isEmpty() && unit.usable > 0) {
            unit.split = QStringLiteral("train");
        }
        const bool hasLocked = std::any_of(
                                   unit.members.begin(),
                                   unit.members.end(),
                                   [&](std::size_t i) { return isHeldOut(cases[i].split); })
                               || isHeldOut(unit.split);
        for (const std::size_t i : unit.members) {
            const FineTuneCase& one = cases[i];
            QString split = one.split;
            const bool isRedrawn = split == QLatin1String("train")
                                   && unit.split == QLatin1String("validation") && validation == 0;
            if ((split.isEmpty() && !unit.split.isEmpty()) || isRedrawn) {
                split = unit.split == QLatin1String("test") ? QStringLiteral("locked") : unit.split;
                result.proposed.emplace(one.image, split);
            }
            if (!one.isLabelled) {
                continue;
            }
            if (one.isBarred) {
                result.barred.push_back(one.image);
            } else if (isHeldOut(split)) {
                result.locked.push_back(one.image);
            } else if (hasLocked) {
                result.alikeLocked.push_back(one.image);
            } else if (split == QLatin1String("validation")) {
                result.validation.push_back(one.image);
            } else {
                result.train.push_back(one.image);
            }
        }
    }
    for (auto* list :
         {&result.train, &result.validation, &result.locked, &result.barred, &result.alikeLocked}) {
        std::sort(list->begin(), list->end());
    }
    return result;
}

QString reasonAgainst(const FineTuneSplit& split)
{
    const std::size_t usable = split.train.size() + split.validation.size();
    if (usable < kFewestImages && split.locked.empty()) {
        return Tr::tr("Label at least %n image(s) first.", nullptr, kFewestImages);
    }
    if (split.train.empty()) {
        return Tr::tr("All labelled images are held out: label images that are not locked.");
    }
    if (split.validation.empty()) {
        return Tr::tr("All labelled images are of one group, so none is left to choose the best "
                      "model by: label an image of another group.");
    }
    return {};
}

int FineTuneOptions::effectiveBatch() const
{
    return batchSize > 0 ? batchSize : kBatch;
}

int epochsOf(const FineTuneOptions& options, Effort effort, int trainImages)
{
    if (options.epochs > 0 && effort == options.effort) {
        return options.epochs;
    }
    struct Range
    {
        int steps;  ///< at least
        int passes; ///< wanted of more images than that,
        int enough; ///< up to so many steps
        int fewest; ///< epochs
        int most;   ///< epochs
    };
    // Steps are what few images take; more images are worth their labels only where each is seen
    // as often (docs/results.md, 80 corrected images). The bounds keep small sets from being learnt
    // by heart and large ones from being skimmed.
    constexpr std::array<Range, 3> kRanges{
        {{150, 12, 600, 4, 30}, {400, 40, 2000, 8, 60}, {1200, 75, 6000, 20, 150}}};
    const Range& range = kRanges[static_cast<std::size_t>(effort)];
    const int batch = options.effectiveBatch();
    const int perEpoch = std::max(1, (trainImages + batch - 1) / batch);
    const int scale = options.model.isFromScratch ? 2 : 1; // there is all to be learnt
    const int steps = std::max(range.steps, std::min(range.passes * perEpoch, range.enough));
    return std::clamp(
        scale * ((steps + perEpoch - 1) / perEpoch), range.fewest * scale, range.most * scale);
}

std::int64_t stepsOf(const FineTuneOptions& options, Effort effort, int trainImages)
{
    const int batch = options.effectiveBatch();
    return std::int64_t{(trainImages + batch - 1) / batch} * epochsOf(options, effort, trainImages);
}

protocol::TrainSpec specOf(
    const FineTuneOptions& options,
    const std::filesystem::path& data,
    int trainImages,
    bool hasGuides)
{
    protocol::TrainSpec spec;
    spec.data = data;
    spec.layout = "folders";
    spec.splits = data / "splits.json";
    spec.device = options.device.toStdString();
    spec.threads = options.threads;
    const auto set = [&spec](const QString& setting) {
        spec.settings.push_back(setting.toStdString());
    };
    if (options.model.isFromScratch) {
        spec.config = options.model.id.toStdString();
    } else {
        spec.init = options.model.id.toStdString();
        spec.recipe = "finetune";
    }
    for (const QString& setting : options.model.settings) {
        set(setting);
    }
    if (options.model.isFromScratch && options.classes > 1) {
        set(QStringLiteral("network.num_classes=%1").arg(options.classes + 1));
    }
    for (const QString& setting : settingsFor(options.model, options.scope)) {
        set(setting);
    }
    set(QStringLiteral("training.epochs=%1").arg(epochsOf(options, options.effort, trainImages)));
    if (!options.augmentation.isEmpty()) {
        set(QStringLiteral("data.augmentation.preset=%1").arg(options.augmentation));
    }
    if (options.batchSize > 0) {
        set(QStringLiteral("training.batch_size=%1").arg(options.batchSize));
    }
    if (options.imageSize > 0) {
        set(QStringLiteral("data.image_size=%1").arg(options.imageSize));
    }
    if (options.learningRate > 0) {
        set(QStringLiteral("training.learning_rate=%1").arg(options.learningRate, 0, 'g', 6));
    }
    for (const QString& setting : options.settings) {
        set(setting);
    }
    if (hasGuides && options.usesGuides && options.model.hasGuide) {
        spec.guideCorrections = data / "guides";
        spec.guideCorrectionWeight = options.guideWeight;
    }
    return spec;
}

} // namespace guidino::ui
