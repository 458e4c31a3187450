// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/review_view.h"

#include "ui/canvas/canvas_view.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace guidino::ui {

namespace {

/// A press that moves less than this is a click.
constexpr double kClickSlop = 4;
constexpr double kPinRadius = 11;
const QColor kPinColor(0xff, 0xff, 0xff);

} // namespace

ReviewView::ReviewView(QWidget* parent)
    : QWidget(parent)
{
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMouseTracking(true);
    setFocusPolicy(Qt::ClickFocus);
    setMinimumSize(200, 160);
    connect(&m_transform, &ViewTransform::changed, this, &ReviewView::stale);
}

MaskStyle ReviewView::styleFor(
    const LabelClasses& classes, bool isPrediction, double ratio, double fillOpacity)
{
    MaskStyle style;
    for (std::size_t i = 1; i < style.colors.size(); ++i) {
        style.colors[i] = defaultClassColor(static_cast<int>(i)).rgb();
    }
    for (const LabelClass& one : classes) {
        style.colors[one.index] = one.color.rgb();
    }
    if (isPrediction) {
        for (std::size_t i = 1; i < kIgnoreLabel; ++i) {
            style.colors[i] = CanvasView::predictionColor(QColor(style.colors[i])).rgb();
        }
    }
    style.colors[kIgnoreLabel] = qRgb(160, 160, 160);
    style.outlineWidth = std::round(2 * ratio);
    style.fillOpacity = fillOpacity;
    return style;
}

void ReviewView::stale()
{
    m_isStale = true;
    update();
}

void ReviewView::setImage(std::shared_ptr<const ImagePyramid> image)
{
    if (m_image == image) {
        return;
    }
    m_image = std::move(image);
    if (m_image != nullptr) {
        m_transform.setImageSize(m_image->size(), size());
    }
    stale();
}

void ReviewView::setLayers(std::vector<Layer> layers)
{
    m_layers = std::move(layers);
    stale();
}

void ReviewView::setPins(std::vector<Pin> pins)
{
    m_pins = std::move(pins);
    update();
}

void ReviewView::setRegions(std::vector<QRectF> regions)
{
    m_regions = std::move(regions);
    update();
}

void ReviewView::setPointing(Pointing pointing)
{
    m_pointing = pointing;
    setCursor(pointing == Pointing::None ? Qt::ArrowCursor : Qt::CrossCursor);
}

void ReviewView::setPlaceholder(const QString& text)
{
    m_placeholder = text;
    update();
}

void ReviewView::fit()
{
    m_transform.fit(size());
}

void ReviewView::setBlinking(bool isBlinking)
{
    if (std::exchange(m_isBlinking, isBlinking) != isBlinking) {
        stale();
    }
}

QPointF ReviewView::viewOf(PointF image) const
{
    return m_transform.viewFromImage(image, size());
}

PointF ReviewView::imageOf(QPointF view) const
{
    return m_transform.imageFromView(view, size());
}

PointF ReviewView::pointedPlace() const
{
    const PointF place = imageOf(m_pointer.value_or(QPointF(width() / 2.0, height() / 2.0)));
    const Size side = m_image != nullptr ? m_image->size() : Size{1, 1};
    return {
        std::clamp(place.x, 0.0, static_cast<double>(side.width)),
        std::clamp(place.y, 0.0, static_cast<double>(side.height))};
}

void ReviewView::drawPixels()
{
    const double ratio = devicePixelRatioF();
    const QSize wanted(
        static_cast<int>(std::ceil(width() * ratio)),
        static_cast<int>(std::ceil(height() * ratio)));
    m_pixels = QImage(wanted, QImage::Format_RGB32);
    const QRgb background = palette().color(QPalette::Dark).rgb();
    if (m_image == nullptr) {
        m_pixels.fill(background);
    } else {
        const PointF corner = imageOf({0, 0});
        const DeviceView view{corner, m_transform.scale() * ratio};
        paintImage(m_pixels, m_pixels.rect(), *m_image, view, background);
        QImage overlay(wanted, QImage::Format_ARGB32_Premultiplied);
        overlay.fill(Qt::transparent);
        if (!m_isBlinking) {
            for (const Layer& layer : m_layers) {
                if (layer.labels.size() == m_image->size()) {
                    paintMaskOver(overlay, overlay.rect(), layer.labels, view, layer.style);
                }
            }
        }
        QPainter painter(&m_pixels);
        painter.drawImage(0, 0, overlay);
    }
    m_pixels.setDevicePixelRatio(ratio);
    m_isStale = false;
}

void ReviewView::paintPins(QPainter& painter)
{
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < m_pins.size(); ++i) {
        const Pin& pin = m_pins[i];
        const QPointF tip = viewOf(pin.place);
        const QPointF centre = tip - QPointF(0, kPinRadius + 6);
        QPainterPath drop(tip);
        drop.lineTo(centre + QPointF(-5, kPinRadius - 3));
        drop.lineTo(centre + QPointF(5, kPinRadius - 3));
        drop.closeSubpath();
        QPainterPath disc;
        disc.addEllipse(centre, kPinRadius, kPinRadius);
        painter.setOpacity(pin.isResolved ? 0.5 : 1.0);
        painter.setPen(QPen(QColor(0, 0, 0, 200), 1.5));
        painter.setBrush(kPinColor);
        painter.drawPath(drop.united(disc));
        painter.setPen(QColor(20, 20, 20));
        painter.drawText(
            QRectF(
                centre.x() - kPinRadius, centre.y() - kPinRadius, 2 * kPinRadius, 2 * kPinRadius),
            Qt::AlignCenter,
            pin.isResolved ? QStringLiteral("✓") : QString::number(i + 1));
    }
    painter.setOpacity(1);
}

void ReviewView::paintRegions(QPainter& painter)
{
    if (m_image == nullptr) {
        return;
    }
    const Size side = m_image->size();
    const auto rectOf = [&](const QRectF& share) {
        return QRectF(
            viewOf({share.left() * side.width, share.top() * side.height}),
            viewOf({share.right() * side.width, share.bottom() * side.height}));
    };
    for (const QRectF& region : m_regions) {
        painter.fillRect(rectOf(region), Qt::black);
        painter.setPen(QPen(QColor(0xe6, 0x9f, 0x00), 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rectOf(region));
    }
    if (m_pointing == Pointing::Rect && m_pressed && m_pointer && m_hasMoved) {
        painter.setPen(QPen(QColor(0xe6, 0x9f, 0x00), 2));
        painter.setBrush(QColor(0, 0, 0, 160));
        painter.drawRect(QRectF(*m_pressed, *m_pointer).normalized());
    }
}

void ReviewView::paintEvent(QPaintEvent* /*event*/)
{
    if (m_isStale || m_pixels.size() != size() * devicePixelRatioF()) {
        drawPixels();
    }
    QPainter painter(this);
    painter.drawImage(0, 0, m_pixels);
    if (m_image == nullptr) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(
            rect().adjusted(40, 0, -40, 0), Qt::AlignCenter | Qt::TextWordWrap, m_placeholder);
        return;
    }
    paintRegions(painter);
    if (!m_isBlinking) {
        paintPins(painter);
    }
}

void ReviewView::resizeEvent(QResizeEvent* /*event*/)
{
    m_transform.noteViewSize(size());
    stale();
}

void ReviewView::mousePressEvent(QMouseEvent* event)
{
    m_pressed = event->position();
    m_last = event->position();
    m_hasMoved = false;
}

void ReviewView::mouseMoveEvent(QMouseEvent* event)
{
    m_pointer = event->position();
    if (!m_pressed) {
        return;
    }
    m_hasMoved = m_hasMoved || QLineF(*m_pressed, event->position()).length() > kClickSlop;
    if (m_pointing == Pointing::Rect && (event->buttons() & Qt::LeftButton) != 0) {
        update();
    } else if (m_hasMoved) {
        m_transform.panBy(event->position() - m_last);
    }
    m_last = event->position();
}

void ReviewView::mouseReleaseEvent(QMouseEvent* event)
{
    const auto pressed = std::exchange(m_pressed, std::nullopt);
    if (!pressed || m_image == nullptr || event->button() != Qt::LeftButton) {
        return;
    }
    const Size side = m_image->size();
    if (m_pointing == Pointing::Rect && m_hasMoved) {
        const PointF a = imageOf(*pressed);
        const PointF b = imageOf(event->position());
        const QRectF region = QRectF(
                                  QPointF(a.x / side.width, a.y / side.height),
                                  QPointF(b.x / side.width, b.y / side.height))
                                  .normalized()
                                  .intersected(QRectF(0, 0, 1, 1));
        if (!region.isEmpty()) {
            Q_EMIT rectDrawn(region);
        }
    } else if (m_pointing == Pointing::Place && !m_hasMoved) {
        Q_EMIT placeClicked(imageOf(event->position()));
    }
    update();
}

void ReviewView::wheelEvent(QWheelEvent* event)
{
    if (m_image == nullptr) {
        return;
    }
    const double steps = event->angleDelta().y() / 120.0;
    m_transform.zoomTo(m_transform.scale() * std::pow(1.25, steps), event->position(), size());
    event->accept();
}

void ReviewView::leaveEvent(QEvent* /*event*/)
{
    m_pointer.reset();
}

} // namespace guidino::ui
