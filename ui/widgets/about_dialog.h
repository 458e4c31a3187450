// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

namespace guidino::ui {

class Theme;

/// Version, purpose and licences. Not modal.
class AboutDialog : public QDialog
{
    Q_OBJECT

public:
    AboutDialog(Theme& theme, const QString& version, QWidget* parent = nullptr);
};

} // namespace guidino::ui
