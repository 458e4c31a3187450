// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

namespace guidino::ui {

class Theme;

/// In three steps how to get and add the weights of a vision transformer that guides, and what
/// works without. The program downloads nothing.
class WeightsPage : public QDialog
{
    Q_OBJECT

public:
    explicit WeightsPage(Theme& theme, QWidget* parent = nullptr);
};

} // namespace guidino::ui
