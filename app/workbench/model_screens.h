// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/main_window.h"

#include <QString>
#include <QStringList>

#include <functional>

namespace guidino {

/// Pictures of the models' page: "models" (before and after), "compare" (swipe on an image),
/// "gate".
[[nodiscard]] QStringList modelScreens();

/// Brings the window there, then calls `done`. A project with one model gets a second that is the
/// first with noise on its weights, and some of its images are locked.
void arrangeModelScreen(
    ui::MainWindow& window,
    const ui::WindowServices& services,
    const QString& screen,
    const std::function<void()>& done);

} // namespace guidino
