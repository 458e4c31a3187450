// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>
#include <QWidget>

namespace guidino::ui {

class Theme;

/// What is seen before anything is open: how to begin, and what works without downloads.
class WelcomePage : public QWidget
{
    Q_OBJECT

public:
    WelcomePage(
        QAction* openFolder,
        QAction* openSamples,
        QAction* chooseModel,
        Theme& theme,
        QWidget* parent = nullptr);
};

} // namespace guidino::ui
