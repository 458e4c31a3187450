// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/main_window.h"

#include <QString>
#include <QStringList>

namespace guidino {

/// The screens of the review, for pictures of the manual: review, readers, export, audit,
/// redaction.
[[nodiscard]] QStringList reviewScreens();

/// Brings the window into the state of such a screen: some sample images are judged by two made-up
/// readers first. All images have predictions.
void arrangeReviewScreen(
    ui::MainWindow& window, const ui::WindowServices& services, const QString& screen);

} // namespace guidino
