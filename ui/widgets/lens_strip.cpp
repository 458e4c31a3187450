// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/lens_strip.h"

#include "ui/model/guide_controller.h"
#include "ui/widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLocale>
#include <QSignalBlocker>

#include <cmath>

namespace guidino::ui {

LensStrip::LensStrip(GuideController& guide, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_guide(guide)
    , m_theme(theme)
    , m_trial(new QLabel(tr("What-if"), this))
    , m_hint(new QLabel(this))
    , m_thresholdText(new QLabel(this))
    , m_threshold(new QSlider(Qt::Horizontal, this))
    , m_iou(new QLabel(this))
    , m_dsc(new QLabel(this))
    , m_auroc(new QLabel(this))
    , m_readOut(new QLabel(this))
{
    setObjectName(QStringLiteral("lensStrip"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Guide lens"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 3, 12, 3);
    layout->setSpacing(14);
    m_trial->setObjectName(QStringLiteral("lensTrial"));
    m_trial->setToolTip(
        tr("The guide is changed: these figures are about the changed one, not about the model's "
           "own answer."));
    layout->addWidget(m_trial);
    m_hint->setProperty("role", QStringLiteral("muted"));
    layout->addWidget(m_hint);
    m_threshold->setRange(0, 100);
    m_threshold->setFixedWidth(96);
    m_threshold->setAccessibleName(tr("Threshold of the guide"));
    m_threshold->setToolTip(tr("From this value on a place of the guide counts as attended to"));
    m_threshold->setObjectName(QStringLiteral("lensThreshold"));
    auto* threshold = new QHBoxLayout;
    threshold->setSpacing(6);
    threshold->addWidget(m_thresholdText);
    threshold->addWidget(m_threshold);
    layout->addLayout(threshold);
    const auto addFigure = [&](QLabel* label, const char* name, const QString& tip) {
        label->setObjectName(QString::fromLatin1(name));
        label->setTextFormat(Qt::RichText);
        label->setToolTip(tip);
        layout->addWidget(label);
    };
    addFigure(
        m_iou,
        "lensIou",
        tr("Overlap (IoU) of the guide at this threshold and the prediction. Low: the network "
           "marks "
           "something else than where its guide points."));
    addFigure(m_dsc, "lensDsc", tr("Overlap (DSC) of prediction and label"));
    addFigure(
        m_auroc,
        "lensAuroc",
        tr("How well the guide alone finds the label: 1 = every labelled pixel above every other, "
           "0.5 = by chance"));
    m_readOut->setObjectName(QStringLiteral("lensReadOut"));
    m_readOut->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_readOut->setAccessibleName(tr("Values under the pointer"));
    m_readOut->setMinimumWidth(0);
    m_readOut->setSizePolicy(
        QSizePolicy::Ignored, QSizePolicy::Preferred); // never widens the window
    m_readOut->installEventFilter(this);
    layout->addWidget(m_readOut, 1);
    setMinimumWidth(1); // figures come and go with what is drawn: the window keeps its size
    connect(m_threshold, &QSlider::valueChanged, this, [this](int value) {
        m_guide.setThreshold(value / 100.0);
        refresh();
    });
    connect(&guide, &GuideController::agreementChanged, this, &LensStrip::refresh);
    connect(&guide, &GuideController::availabilityChanged, this, &LensStrip::refresh);
    connect(&theme, &Theme::changed, this, &LensStrip::refresh);
    refresh();
}

void LensStrip::setReadOut(const QString& text)
{
    m_values = text;
    showReadOut();
}

void LensStrip::showReadOut()
{
    m_readOut->setText(m_readOut->fontMetrics().elidedText(
        m_values, Qt::ElideRight, m_readOut->contentsRect().width()));
}

bool LensStrip::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_readOut && event->type() == QEvent::Resize) {
        showReadOut(); // figures came or went: right-aligned, it would be cut at its beginning
    }
    return QWidget::eventFilter(watched, event);
}

void LensStrip::refresh()
{
    const QLocale locale;
    const AnnotationDocument* document = m_guide.document();
    const Prediction* shown = document != nullptr ? document->shownPrediction().get() : nullptr;
    const bool hasGuide = shown != nullptr && shown->guide != nullptr;
    m_trial->setVisible(document != nullptr && document->trial() != nullptr);
    m_trial->setStyleSheet(QStringLiteral("color: %1; font-weight: 600")
                               .arg(m_theme.color(QStringLiteral("guide")).name()));
    const QSignalBlocker quiet(m_threshold);
    m_threshold->setValue(static_cast<int>(std::lround(100 * m_guide.threshold())));
    m_threshold->setVisible(hasGuide);
    m_thresholdText->setVisible(hasGuide);
    m_thresholdText->setText(tr("guide ≥ %1").arg(locale.toString(m_guide.threshold(), 'f', 2)));
    m_hint->setVisible(shown == nullptr);
    m_hint->setText(m_guide.reasonUnavailable());
    const QString muted = m_theme.color(QStringLiteral("muted")).name();
    const auto show = [&](QLabel* label, const QString& name, std::optional<double> value) {
        label->setVisible(value.has_value());
        if (value) {
            label->setText(QStringLiteral("<span style=\"color:%1\">%2</span> <b>%3</b>")
                               .arg(muted, name, locale.toString(*value, 'f', 2)));
        }
    };
    const GuideAgreement& agreement = m_guide.agreement();
    show(m_iou, tr("guide / prediction IoU"), agreement.guideIou);
    show(m_dsc, tr("prediction / label DSC"), agreement.predictionDsc);
    show(m_auroc, tr("guide / label AUROC"), agreement.guideAuroc);
}

} // namespace guidino::ui
