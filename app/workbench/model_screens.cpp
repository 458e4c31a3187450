// SPDX-License-Identifier: Apache-2.0
#include "app/workbench/model_screens.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/sha256.h"
#include "ui/model/adoption_gate.h"
#include "ui/model/comparison_controller.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/model_registry.h"
#include "ui/model/model_time_line.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/widgets/model_desk.h"
#include "ui/widgets/models_page.h"

#include <QTableView>
#include <QTimer>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace guidino {

namespace {

namespace fs = std::filesystem;

constexpr int kAgainMs = 200;
constexpr int kMostTries = 400;
constexpr int kLocked = 12;

/// Waits for a condition, at most for a while, then goes on.
void when(
    QObject* owner,
    const std::function<bool()>& isReady,
    const std::function<void()>& then,
    int tries = 0)
{
    if (isReady() || tries > kMostTries) {
        then();
        return;
    }
    QTimer::singleShot(kAgainMs, owner, [=] { when(owner, isReady, then, tries + 1); });
}

/// A copy of a bundle with noise on the lowest bits of its weights, which stands in for a model
/// that was fine-tuned.
Status makeNoisyCopy(const fs::path& bundle, const fs::path& target)
{
    std::error_code error;
    fs::remove_all(target, error);
    fs::create_directories(target.parent_path(), error);
    fs::copy(bundle, target, fs::copy_options::recursive, error);
    if (error) {
        return Error{ErrorCode::CannotWrite, target.string() + ": " + error.message(), {}};
    }
    auto weights = readFile(target / "weights.safetensors");
    auto config = readFile(target / "config.json");
    if (!weights || !config) {
        return weights ? config.error() : weights.error();
    }
    std::uint64_t header = 0;
    if (weights->size() < sizeof header) {
        return Error{ErrorCode::BadInput, target.string() + ": no weights", {}};
    }
    std::memcpy(&header, weights->data(), sizeof header);
    const std::string before = sha256Of(*weights);
    std::uint32_t random = 7;
    for (std::size_t i = sizeof header + header; i + 1 < weights->size(); i += 2) {
        random = random * 1664525U + 1013904223U;
        (*weights)[i] = static_cast<char>((*weights)[i] ^ static_cast<char>((random >> 28U) & 7U));
    }
    const std::string after = sha256Of(*weights);
    for (auto at = config->find(before); at != std::string::npos; at = config->find(before)) {
        config->replace(at, before.size(), after);
    }
    GD_TRY(writeFileAtomically(target / "weights.safetensors", *weights));
    return writeFileAtomically(target / "config.json", *config);
}

void lockSome(const ui::WindowServices& services)
{
    int count = 0;
    const auto entries = services.dataset.images().entries(); // a copy: changing notes in the list
    for (const ui::ImageEntry& entry : entries) {
        if (entry.isStored) {
            (void)services.project.setSplit(
                entry.id,
                count < kLocked ? QStringLiteral("locked") : QStringLiteral("validation"));
            ++count;
        }
    }
}

void compare(
    ui::MainWindow& window,
    const ui::WindowServices& services,
    const QString& screen,
    const std::function<void()>& done)
{
    ui::ModelDesk& desk = window.models();
    desk.enter();
    if (screen == QLatin1StringView("gate")) {
        (void)services.models.setGateLimit(0);
        services.models.askToAdopt(desk.line().b());
        when(
            &window,
            [&desk] { return desk.gate().state() == ui::AdoptionGate::State::Refused; },
            done);
        return;
    }
    desk.page().setSet(ui::ComparisonController::Set::Locked);
    desk.page().compare();
    when(
        &window,
        [&desk] { return !desk.comparison().isRunning(); },
        [&desk, screen, done] {
            if (auto* table =
                    desk.page().findChild<QTableView*>(QStringLiteral("comparedImages"))) {
                table->setCurrentIndex(table->model()->index(0, 0));
            }
            desk.page().show(
                screen == QLatin1StringView("models") ? ui::ModelsPage::View::Strip
                                                      : ui::ModelsPage::View::Swipe);
            QTimer::singleShot(4 * kAgainMs, &desk, done);
        });
}

} // namespace

QStringList modelScreens()
{
    return {QStringLiteral("models"), QStringLiteral("compare"), QStringLiteral("gate")};
}

void arrangeModelScreen(
    ui::MainWindow& window,
    const ui::WindowServices& services,
    const QString& screen,
    const std::function<void()>& done)
{
    const auto hasLabels = [&services] {
        const auto& entries = services.dataset.images().entries();
        return std::all_of(entries.begin(), entries.end(), [](const ui::ImageEntry& one) {
            return one.isStored || !one.isLabelled;
        });
    };
    const auto go = [&window, services, screen, done] {
        if (window.models().comparison().countOf(ui::ComparisonController::Set::Locked) == 0) {
            lockSome(services);
        }
        if (services.models.models().size() > 1) {
            compare(window, services, screen, done);
            return;
        }
        const QString bundle = services.project.folder() + QStringLiteral("/stand-in");
        const Status made =
            makeNoisyCopy(services.prediction.model().toStdString(), bundle.toStdString());
        if (!made) {
            logError(made.error().message);
            done();
            return;
        }
        QObject::connect(
            &services.models,
            &ui::ModelRegistry::offered,
            &window,
            [&window, services, screen, done] { compare(window, services, screen, done); });
        services.models.offer(
            bundle,
            services.project.folder() + QStringLiteral("/jobs/1"),
            services.models.current());
    };
    when(&window, hasLabels, go);
}

} // namespace guidino
