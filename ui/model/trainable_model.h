// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include <array>
#include <filesystem>
#include <utility>
#include <vector>

namespace guidino::ui {

/// What of a model a training changes, each more than the one before.
enum class UpdateScope {
    TokenBook,  ///< the prototypes alone: what attracts the guide
    Decoder,    ///< and the network's decoder
    Network,    ///< and the rest of the network, but for a ViT
    Lora,       ///< and low-rank adapters in the ViT
    Everything, ///< and the ViT itself
};

inline constexpr std::array<UpdateScope, 5> kUpdateScopes{
    UpdateScope::TokenBook,
    UpdateScope::Decoder,
    UpdateScope::Network,
    UpdateScope::Lora,
    UpdateScope::Everything};

/// A model that a training may start from: a bundle, or a configuration from scratch.
struct TrainableModel
{
    QString id;    ///< bundle (folder, zip or registered name), or configuration
    QString title; ///< as shown
    QString note;  ///< one line more, in words; may be empty
    bool isFromScratch = false;
    QString system;         ///< such as "guidino-u"
    QString sha256;         ///< of a bundle; empty: from scratch
    bool hasGuide = false;  ///< a TokenBook
    bool hasVit = false;    ///< DINOv3 or DINOv2, for the guide or for what the network decodes
    bool hasLora = false;   ///< adapters are there already
    bool trainsVit = false; ///< the ViT was changed: its weights are the bundle's own
    int imageSize = 256;
    QString augmentation;  ///< its preset
    QStringList settings;  ///< that a training from scratch needs, "path.key=value"
    QString problem;       ///< why it cannot be trained here; empty: it can
    bool lacksVit = false; ///< the problem is that nobody has added the weights of its ViT

    friend bool operator==(const TrainableModel&, const TrainableModel&) = default;
};

/// Why the model cannot be changed to that extent, in words; empty where it can.
[[nodiscard]] QString reasonAgainst(const TrainableModel& model, UpdateScope scope);

/// The network as a whole, and of the ViT only what was trained before: fits few images.
[[nodiscard]] UpdateScope defaultScope(const TrainableModel& model);

/// "path.key=value" that make a training change just that.
[[nodiscard]] QStringList settingsFor(const TrainableModel& model, UpdateScope scope);

/// Where models are looked for. Empty: nowhere.
struct ModelPlaces
{
    QString current;             ///< the bundle in use
    QString demo;                ///< the bundle of the demo model
    std::filesystem::path store; ///< of registered models (userDataFolder()/models)
    std::vector<std::pair<QString, QString>> kept; ///< bundles of the project, with their names
    std::filesystem::path configs;                 ///< configurations (models/configs)
};

/// Bundles first, the one in use before all others, then what can be trained from scratch, a small
/// model that needs no downloaded weights before all others. Reads small JSON files only. Bundles
/// of equal weights are listed once.
[[nodiscard]] std::vector<TrainableModel> listTrainableModels(const ModelPlaces& places);

/// The description of a bundle folder; `problem` says why it is none.
[[nodiscard]] TrainableModel trainableBundle(const QString& bundle);

} // namespace guidino::ui
