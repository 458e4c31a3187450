// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/outside_banner.h"

#include "ui/canvas/pane_grid.h"
#include "ui/model/guide_controller.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/training_controller.h"
#include "ui/widgets/accept_guard.h"
#include "ui/widgets/theme.h"

#include <QEvent>
#include <QGridLayout>

#include <algorithm>

namespace guidino::ui {

namespace {

constexpr int kMargin = 12;
constexpr int kMostWidth = 420;

} // namespace

OutsideBanner::OutsideBanner(
    PaneGrid& canvas,
    GuideController& guide,
    PredictionController& prediction,
    TrainingController& training,
    Theme& theme)
    : QFrame(&canvas)
    , m_canvas(canvas)
    , m_guide(guide)
    , m_prediction(prediction)
    , m_training(training)
    , m_theme(theme)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_starter(new QPushButton(tr("Train a starter model"), this))
{
    setObjectName(QStringLiteral("outsideFrame"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Warning about this image"));
    m_text->setObjectName(QStringLiteral("outsideBanner"));
    m_text->setWordWrap(true);
    m_starter->setObjectName(QStringLiteral("outsideStarter"));
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(12, 6, 8, 6);
    layout->setHorizontalSpacing(10);
    layout->addWidget(m_icon, 0, 0);
    layout->addWidget(m_text, 0, 1);
    layout->addWidget(m_starter, 1, 1, Qt::AlignLeft);
    layout->setColumnStretch(1, 1);
    canvas.pane(PaneRole::Prediction).installEventFilter(this);
    canvas.installEventFilter(this);
    connect(m_starter, &QPushButton::clicked, this, &OutsideBanner::starterWanted);
    connect(&guide, &GuideController::availabilityChanged, this, &OutsideBanner::refresh);
    connect(&guide, &GuideController::effectChanged, this, &OutsideBanner::refresh);
    connect(&training, &TrainingController::stateChanged, this, &OutsideBanner::refresh);
    connect(&theme, &Theme::changed, this, &OutsideBanner::refresh);
    refresh();
}

bool OutsideBanner::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::Resize:
    case QEvent::Move:
    case QEvent::ShowToParent:
    case QEvent::HideToParent:
        place();
        break;
    default:
        break;
    }
    return QFrame::eventFilter(watched, event);
}

void OutsideBanner::refresh()
{
    const AnnotationDocument* document = m_guide.document();
    const Prediction* own = document != nullptr ? document->prediction().get() : nullptr;
    const QString text = own != nullptr ? outsideText(*own, m_prediction.info()) : QString();
    setVisible(!text.isEmpty());
    if (text.isEmpty()) {
        return;
    }
    m_text->setText(tr("%1. Do not rely on this prediction.").arg(text));
    m_icon->setPixmap(m_theme.icon(QStringLiteral("warning")).pixmap(20, 20));
    const QString reason = m_training.reasonUnavailable();
    m_starter->setVisible(reason.isEmpty());
    m_starter->setToolTip(tr("Teaches a new, small model with your labels; it knows nothing else"));
    place();
}

void OutsideBanner::place()
{
    const CanvasView& pane = m_canvas.pane(PaneRole::Prediction);
    const QRect area = pane.isVisibleTo(&m_canvas) ? pane.geometry() : m_canvas.rect();
    const int width = std::min(kMostWidth, area.width() - 2 * kMargin);
    const int height =
        layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width) : sizeHint().height();
    setGeometry(area.left() + kMargin, area.bottom() - height - kMargin, width, height);
    raise();
}

} // namespace guidino::ui
