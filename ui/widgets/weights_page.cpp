// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/weights_page.h"

#include "ui/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace guidino::ui {

namespace {

constexpr int kWidth = 560;

QLabel* textLabel(const QString& text, const char* role, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    if (role != nullptr) {
        label->setProperty("role", QString::fromLatin1(role));
    }
    return label;
}

} // namespace

WeightsPage::WeightsPage(Theme& theme, QWidget* parent)
    : QDialog(parent)
{
    setWindowTitle(tr("Weights for the guide"));
    setObjectName(QStringLiteral("weightsPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 20);
    layout->setSpacing(10);
    layout->addWidget(textLabel(tr("Add the weights of a vision transformer"), "title", this));
    layout->addWidget(textLabel(
        tr("Most GuiDINO models take their guide from DINOv3 or DINOv2, whose weights this program "
           "neither contains nor downloads. They are yours to get, once:"),
        "muted",
        this));

    const auto addStep = [&](int number, const QString& title, const QString& text) {
        auto* row = new QHBoxLayout;
        row->setSpacing(14);
        auto* mark = new QLabel(QString::number(number), this);
        mark->setAlignment(Qt::AlignCenter);
        mark->setFixedSize(28, 28);
        mark->setStyleSheet(QStringLiteral("border: 1px solid %1; border-radius: 14px; color: %1")
                                .arg(theme.color(QStringLiteral("muted")).name()));
        row->addWidget(mark, 0, Qt::AlignTop);
        auto* column = new QVBoxLayout;
        column->setSpacing(4);
        auto* heading = textLabel(title, nullptr, this);
        QFont bold = heading->font();
        bold.setWeight(QFont::DemiBold);
        heading->setFont(bold);
        column->addWidget(heading);
        column->addWidget(textLabel(text, "muted", this));
        row->addLayout(column, 1);
        layout->addLayout(row);
        return column;
    };
    addStep(
        1,
        tr("Choose"),
        tr("DINOv2 (Apache-2.0) is open to everybody: the ViT-S/14 file has 88 MB. DINOv3 ViT-S/16 "
           "is what the published models use; its owner asks for a name and the consent to the "
           "DINOv3 License before it may be fetched."));
    addStep(
        2,
        tr("Fetch"),
        tr("On any computer with a browser, from the publisher's own page: a file .safetensors or "
           ".pth. Bring it here in whatever way your clinic allows."));
    QVBoxLayout* add = addStep(
        3,
        tr("Add"),
        tr("In a terminal, once. The names and shapes of all tensors are checked, and the file is "
           "copied with its hash:"));
    const QString command = QStringLiteral("guidino models add FILE --accept-licence");
    auto* line = new QHBoxLayout;
    auto* code = textLabel(command, nullptr, this);
    code->setFont(QFont(QStringLiteral("monospace")));
    auto* copy = new QPushButton(tr("Copy"), this);
    copy->setToolTip(tr("Puts the command into the clipboard"));
    connect(copy, &QPushButton::clicked, this, [command] {
        QApplication::clipboard()->setText(command);
    });
    line->addWidget(code, 1);
    line->addWidget(copy);
    add->addLayout(line);
    layout->addSpacing(6);
    layout->addWidget(textLabel(
        tr("Without them these work: the demo model and all models that guide themselves (source "
           "\"self\"), training such models on your images, painting, review and export."),
        "muted",
        this));
    auto* close = new QPushButton(tr("Close"), this);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    layout->addWidget(close, 0, Qt::AlignRight);
    setFixedWidth(kWidth);
}

} // namespace guidino::ui
