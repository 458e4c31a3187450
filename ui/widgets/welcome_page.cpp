// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/welcome_page.h"

#include "ui/widgets/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace guidino::ui {

WelcomePage::WelcomePage(
    QAction* openFolder, QAction* openSamples, QAction* chooseModel, Theme& theme, QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("welcome"));
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QWidget(this);
    column->setFixedWidth(460);
    auto* layout = new QVBoxLayout(column);
    layout->setSpacing(10);
    auto* title = new QLabel(tr("Review, correct and teach segmentations"), column);
    title->setProperty("role", QStringLiteral("title"));
    auto* text = new QLabel(
        tr("See where a model looks (guide), what it would mark (prediction) and what you marked "
           "(label), side by side. Correct with a brush, then fine-tune the model on this "
           "computer. No image leaves it."),
        column);
    text->setWordWrap(true);
    text->setProperty("role", QStringLiteral("muted"));
    layout->addWidget(title);
    layout->addWidget(text);
    layout->addSpacing(8);
    const auto addCard = [&](QAction* action, const QString& icon, const QString& label) {
        auto* card = new QPushButton(label, column);
        card->setProperty("card", true);
        card->setEnabled(action->isEnabled());
        card->setToolTip(action->toolTip());
        theme.setIcon(card, icon);
        connect(card, &QPushButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::changed, card, [card, action] {
            card->setEnabled(action->isEnabled());
            card->setToolTip(action->toolTip());
        });
        layout->addWidget(card);
    };
    addCard(
        openFolder,
        QStringLiteral("open-folder"),
        tr("  Open a folder of images, with or without masks"));
    addCard(openSamples, QStringLiteral("pane-image"), tr("  Try the sample images"));
    addCard(chooseModel, QStringLiteral("model"), tr("  Choose a model of your own"));
    auto* hint = new QLabel(
        tr("Or drop a folder or image files here. Research use only, not a medical device."),
        column);
    hint->setProperty("role", QStringLiteral("small"));
    hint->setWordWrap(true);
    layout->addSpacing(8);
    layout->addWidget(hint);
    auto* outer = new QVBoxLayout(this);
    outer->addStretch(1);
    outer->addWidget(column, 0, Qt::AlignHCenter);
    outer->addStretch(1);
}

} // namespace guidino::ui
