// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/about_dialog.h"

#include "ui/widgets/theme.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QVBoxLayout>

namespace guidino::ui {

AboutDialog::AboutDialog(Theme& theme, const QString& version, QWidget* parent)
    : QDialog(parent)
{
    setWindowTitle(tr("About GuiDINO Workbench"));
    setAttribute(Qt::WA_DeleteOnClose);
    setModal(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 16);
    layout->setSpacing(10);
    auto* mark = new QLabel(this);
    mark->setPixmap(theme.icon(QStringLiteral("app")).pixmap(40, 40));
    auto* title = new QLabel(tr("GuiDINO Workbench %1").arg(version), this);
    title->setProperty("role", QStringLiteral("title"));
    auto* use = new QLabel(tr("Research use only, not a medical device."), this);
    QFont strong = use->font();
    strong.setWeight(QFont::DemiBold);
    use->setFont(strong);
    auto* text = new QLabel(
        tr("Shows where a segmentation model looks, what it would mark, and learns from your "
           "corrections. Everything happens on this computer: the program opens no network "
           "connection.\n\nThe source is under the Apache License 2.0. This program as a whole is "
           "under the GNU General Public License 3, because it contains Qt Charts. Weights of "
           "DINOv3 are not part of it and carry a licence of their own."),
        this);
    text->setWordWrap(true);
    text->setMinimumWidth(420);
    text->setProperty("role", QStringLiteral("muted"));
    auto* buttons = new QDialogButtonBox(this);
    buttons->addButton(tr("Close"), QDialogButtonBox::RejectRole);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    layout->addWidget(mark);
    layout->addWidget(title);
    layout->addWidget(use);
    layout->addWidget(text);
    layout->addSpacing(8);
    layout->addWidget(buttons);
}

} // namespace guidino::ui
