// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/what_if_panel.h"

#include "ui/model/guide_controller.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/theme.h"

#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLocale>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kSizeSteps = 100;
constexpr double kSmallest = 2;
constexpr double kLargest = 1000;

/// The slider is logarithmic: each step is the same share of the size.
int stepOf(double radiusPx)
{
    return static_cast<int>(
        std::lround(kSizeSteps * std::log(radiusPx / kSmallest) / std::log(kLargest / kSmallest)));
}

double radiusOf(int step)
{
    return kSmallest * std::pow(kLargest / kSmallest, static_cast<double>(step) / kSizeSteps);
}

QString signedPercent(double share)
{
    const double percent = 100 * share;
    const QString digits =
        QLocale().toString(std::abs(percent), 'f', std::abs(percent) < 100 ? 1 : 0);
    return (percent < 0 ? QStringLiteral("−") : QStringLiteral("+")) + digits;
}

} // namespace

WhatIfPanel::WhatIfPanel(
    GuideController& guide,
    PredictionController& prediction,
    ViewSettings& view,
    Theme& theme,
    QWidget* parent)
    : QWidget(parent)
    , m_guide(guide)
    , m_prediction(prediction)
    , m_view(view)
    , m_theme(theme)
    , m_reason(new QLabel(this))
    , m_direction(new QButtonGroup(this))
    , m_strength(new QSlider(Qt::Horizontal, this))
    , m_strengthText(new QLabel(this))
    , m_size(new QSlider(Qt::Horizontal, this))
    , m_sizeText(new QLabel(this))
    , m_flat(new QPushButton(tr("Flat"), this))
    , m_label(new QPushButton(tr("= Label"), this))
    , m_inverted(new QPushButton(tr("Inverted"), this))
    , m_eye(new QPushButton(tr("Network's eye"), this))
    , m_card(new QFrame(this))
    , m_verdict(new QLabel(m_card))
    , m_area(new QLabel(m_card))
    , m_dsc(new QLabel(m_card))
    , m_shift(new QLabel(m_card))
    , m_time(new QLabel(m_card))
    , m_clear(new QPushButton(tr("Clear"), this))
    , m_keep(new QPushButton(tr("Keep as correction"), this))
    , m_kept(new QLabel(this))
    , m_remove(new QToolButton(this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("What-if brush"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    m_reason->setWordWrap(true);
    m_reason->setProperty("role", QStringLiteral("muted"));
    layout->addWidget(m_reason);
    addBrush(layout);
    addPresets(layout);
    addCard(layout);
    addKeeping(layout);
    layout->addStretch(1);
    connect(&guide, &GuideController::brushChanged, this, &WhatIfPanel::refreshBrush);
    connect(&guide, &GuideController::availabilityChanged, this, &WhatIfPanel::refreshAvailability);
    connect(&guide, &GuideController::orderChanged, this, &WhatIfPanel::refreshAvailability);
    connect(&guide, &GuideController::editChanged, this, &WhatIfPanel::refreshKeeping);
    connect(&guide, &GuideController::editChanged, this, &WhatIfPanel::refreshCard);
    connect(&guide, &GuideController::effectChanged, this, &WhatIfPanel::refreshCard);
    connect(&guide, &GuideController::waitingChanged, this, &WhatIfPanel::refreshCard);
    connect(&guide, &GuideController::correctionChanged, this, &WhatIfPanel::refreshKeeping);
    connect(&view, &ViewSettings::layersChanged, this, &WhatIfPanel::refreshAvailability);
    connect(&theme, &Theme::changed, this, &WhatIfPanel::refreshCard);
    refreshBrush();
    refreshAvailability();
    refreshCard();
}

void WhatIfPanel::addBrush(QVBoxLayout* layout)
{
    auto* directions = new QHBoxLayout;
    directions->setSpacing(4);
    const auto addDirection = [&](const QString& text, const QString& tip, int id) {
        auto* button = new QToolButton(this);
        button->setText(text);
        button->setToolTip(tip);
        button->setCheckable(true);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_direction->addButton(button, id);
        directions->addWidget(button);
    };
    addDirection(
        tr("Raise"),
        tr("Left button raises the guide, right button lowers it (1: at full strength)"),
        1);
    addDirection(
        tr("Lower"),
        tr("Left button lowers the guide, right button raises it (0: at full strength)"),
        0);
    layout->addLayout(directions);
    connect(m_direction, &QButtonGroup::idClicked, this, [this](int id) {
        m_guide.setLowering(id == 0);
    });
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    const auto addSlider =
        [&](int row, const QString& text, QSlider* slider, QLabel* value, const QString& tip) {
            auto* name = new QLabel(text, this);
            name->setBuddy(slider);
            slider->setToolTip(tip);
            slider->setAccessibleName(text);
            value->setMinimumWidth(52);
            value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            grid->addWidget(name, row, 0);
            grid->addWidget(slider, row, 1);
            grid->addWidget(value, row, 2);
        };
    constexpr int kWidth = 376; // of the card with numbers of five digits
    setMinimumWidth(kWidth);
    m_strength->setRange(5, 100);
    m_strength->setObjectName(QStringLiteral("whatIfStrength"));
    m_size->setRange(0, kSizeSteps);
    addSlider(
        0,
        tr("Strength"),
        m_strength,
        m_strengthText,
        tr("How far one stroke moves the guide towards 1 (raise) or 0 (lower)"));
    addSlider(
        1,
        tr("Size"),
        m_size,
        m_sizeText,
        tr("Brush diameter in image pixels ([ and ], or Shift with the wheel)"));
    layout->addLayout(grid);
    connect(m_strength, &QSlider::valueChanged, this, [this](int value) {
        m_guide.setStrength(value / 100.0);
    });
    connect(m_size, &QSlider::valueChanged, this, [this](int step) {
        m_guide.setRadiusPx(radiusOf(step));
    });
}

void WhatIfPanel::addPresets(QVBoxLayout* layout)
{
    auto* heading = new QLabel(tr("WHAT IF THE GUIDE WERE"), this);
    heading->setProperty("role", QStringLiteral("heading"));
    layout->addWidget(heading);
    auto* grid = new QGridLayout;
    grid->setSpacing(6);
    grid->addWidget(m_flat, 0, 0);
    grid->addWidget(m_label, 0, 1);
    grid->addWidget(m_inverted, 1, 0);
    grid->addWidget(m_eye, 1, 1);
    layout->addLayout(grid);
    m_flat->setObjectName(QStringLiteral("presetFlat"));
    m_label->setObjectName(QStringLiteral("presetLabel"));
    m_inverted->setObjectName(QStringLiteral("presetInverted"));
    m_eye->setObjectName(QStringLiteral("presetEye"));
    m_eye->setCheckable(true);
    const auto connectPreset = [this](QPushButton* button, GuidePreset preset) {
        connect(button, &QPushButton::clicked, this, [this, preset] { m_guide.apply(preset); });
    };
    connectPreset(m_flat, GuidePreset::Flat);
    connectPreset(m_label, GuidePreset::Label);
    connectPreset(m_inverted, GuidePreset::Inverted);
    connect(m_eye, &QPushButton::toggled, &m_view, &ViewSettings::setNetworksEye);
}

void WhatIfPanel::addCard(QVBoxLayout* layout)
{
    m_card->setObjectName(QStringLiteral("whatIfCard"));
    m_card->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(m_card);
    column->setContentsMargins(10, 8, 10, 8);
    column->setSpacing(4);
    m_verdict->setWordWrap(true);
    m_verdict->setObjectName(QStringLiteral("whatIfVerdict"));
    column->addWidget(m_verdict);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(2);
    grid->setColumnStretch(1, 1);
    const auto addRow = [&](int row, const QString& text, QLabel* value, const char* name) {
        auto* label = new QLabel(text, m_card);
        label->setProperty("role", QStringLiteral("muted"));
        value->setObjectName(QString::fromLatin1(name));
        value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        grid->addWidget(label, row, 0);
        grid->addWidget(value, row, 1);
    };
    addRow(0, tr("Area"), m_area, "whatIfArea");
    addRow(1, tr("DSC with the label"), m_dsc, "whatIfDsc");
    addRow(2, tr("Boundary moved (p95)"), m_shift, "whatIfShift");
    column->addLayout(grid);
    m_time->setProperty("role", QStringLiteral("small"));
    column->addWidget(m_time);
    layout->addWidget(m_card);
}

void WhatIfPanel::addKeeping(QVBoxLayout* layout)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_clear);
    row->addWidget(m_keep, 1);
    layout->addLayout(row);
    m_clear->setObjectName(QStringLiteral("whatIfClear"));
    m_keep->setObjectName(QStringLiteral("whatIfKeep"));
    connect(m_clear, &QPushButton::clicked, &m_guide, &GuideController::clearEdit);
    connect(m_keep, &QPushButton::clicked, &m_guide, &GuideController::keepCorrection);
    auto* kept = new QHBoxLayout;
    m_kept->setWordWrap(true);
    m_kept->setObjectName(QStringLiteral("whatIfKept"));
    m_kept->setProperty("role", QStringLiteral("small"));
    m_theme.setIcon(m_remove, QStringLiteral("cancel"));
    m_remove->setToolTip(tr("Remove this image's guide correction"));
    m_remove->setAccessibleName(m_remove->toolTip());
    connect(m_remove, &QToolButton::clicked, &m_guide, &GuideController::removeCorrection);
    kept->addWidget(m_kept, 1);
    kept->addWidget(m_remove, 0, Qt::AlignTop);
    layout->addLayout(kept);
}

void WhatIfPanel::refreshBrush()
{
    const QSignalBlocker quietStrength(m_strength);
    const QSignalBlocker quietSize(m_size);
    m_strength->setValue(static_cast<int>(std::lround(100 * m_guide.strength())));
    m_strengthText->setText(tr("%1 %").arg(m_strength->value()));
    m_size->setValue(stepOf(std::max(m_guide.radiusPx(), kSmallest)));
    m_sizeText->setText(tr("%1 px").arg(static_cast<int>(std::lround(2 * m_guide.radiusPx()))));
    m_direction->button(m_guide.isLowering() ? 0 : 1)->setChecked(true);
    refreshAvailability();
}

void WhatIfPanel::refreshAvailability()
{
    const QString reason = m_guide.reasonUnavailable();
    m_reason->setText(
        !reason.isEmpty() ? reason
                          : tr("Paint on any pane: the guide changes and the prediction follows. "
                               "The dashed line is the model's own answer."));
    const auto offer = [&reason](QPushButton* button, const QString& tip, const QString& why) {
        const QString refusal = reason.isEmpty() ? why : reason;
        button->setEnabled(refusal.isEmpty());
        button->setToolTip(refusal.isEmpty() ? tip : refusal);
    };
    offer(
        m_flat,
        tr("This image's mean guide everywhere: the guide's scale is kept, its shape is gone. If "
           "the "
           "mask stays, the guide's shape did not cause it."),
        {});
    const bool hasLabel = m_guide.isCoverageOfLabel();
    offer(
        m_label,
        tr("The label as guide: how well the network follows a perfect guide"),
        hasLabel ? QString() : tr("This image has no label yet."));
    offer(m_inverted, tr("1 − guide: what the network makes of the opposite"), {});
    const ModelInfo& info = m_prediction.info();
    const QString places = info.gates.join(QStringLiteral(", "));
    offer(
        m_eye,
        tr("Shows image × guide in the guide's pane: what this network's input really is"),
        info.gatesInput() || !m_prediction.isModelLoaded()
            ? QString()
            : tr("This model's guide acts inside the network (%1), not on the image: there is no "
                 "such picture.")
                  .arg(places));
    const QSignalBlocker quiet(m_eye);
    m_eye->setChecked(m_view.isNetworksEye());
    refreshKeeping();
}

void WhatIfPanel::refreshCard()
{
    const auto& effect = m_guide.effect();
    const bool isChanged = m_guide.edit().isChanged() || m_guide.mix().isChanged();
    m_card->setVisible(isChanged || effect.has_value());
    if (!effect) {
        m_verdict->setText(m_guide.isWaiting() ? tr("Asking the model…") : tr("No answer yet."));
        for (QLabel* label : {m_area, m_dsc, m_shift}) {
            label->setText(QStringLiteral("–"));
        }
        m_time->setText({});
        return;
    }
    const QLocale locale;
    m_verdict->setText(
        effect->isSame ? tr("The mask does not change at all: here the guide did not shape it.")
                       : tr("With the changed guide the mask becomes:"));
    m_area->setText(
        effect->areaChange
            ? tr("%1 %  (%2 → %3 px)")
                  .arg(
                      signedPercent(*effect->areaChange),
                      locale.toString(static_cast<qlonglong>(effect->pixelsBefore)),
                      locale.toString(static_cast<qlonglong>(effect->pixelsAfter)))
            : tr("0 → %1 px").arg(locale.toString(static_cast<qlonglong>(effect->pixelsAfter))));
    m_dsc->setText(
        effect->dscBefore && effect->dscAfter ? tr("%1 → %2").arg(
            locale.toString(*effect->dscBefore, 'f', 3), locale.toString(*effect->dscAfter, 'f', 3))
                                              : tr("no label"));
    m_shift->setText(
        effect->shiftPx ? tr("%1 px").arg(locale.toString(*effect->shiftPx, 'f', 1))
                        : tr("no mask"));
    const qint64 latency = m_guide.latencyMs();
    m_time->setText(
        m_guide.isWaiting() ? tr("Asking the model…")
        : latency >= 0      ? tr("Answered in %1 ms").arg(latency)
                            : QString());
}

void WhatIfPanel::refreshKeeping()
{
    const bool isChanged = m_guide.edit().isChanged();
    const bool canKeep = m_guide.edit().correction().has_value();
    m_clear->setEnabled(isChanged);
    m_clear->setToolTip(
        isChanged ? tr("Back to the model's own guide (Backspace)") : tr("Nothing is painted."));
    m_keep->setEnabled(canKeep);
    m_keep->setToolTip(
        canKeep ? tr("Stores where the model should attend (raised) and where not (lowered) with "
                     "this image, for a later training (Enter)")
                : tr("Paint first: raised places become \"attend\", lowered ones \"ignore\"; the "
                     "rest stays unspecified."));
    const bool hasCorrection = m_guide.hasCorrection();
    m_kept->setVisible(hasCorrection);
    m_remove->setVisible(hasCorrection);
    m_kept->setText(tr("This image has a guide correction."));
}

} // namespace guidino::ui
