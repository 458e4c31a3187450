// SPDX-License-Identifier: Apache-2.0
// How a pane is drawn: its two caches of device pixels, and what lies above them.
#include "ui/canvas/canvas_view.h"
#include "ui/canvas/guide_colors.h"

#include <QLocale>
#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kChipMargin = 8;

} // namespace

QColor CanvasView::predictionColor(const QColor& labelColor)
{
    // Yellow against the sky blue of the first class, and so on around the circle.
    QColor color = labelColor.toHsv();
    color.setHsv((color.hsvHue() + 215) % 360, std::min(255, color.hsvSaturation() + 40), 255);
    return color.toRgb();
}

MaskStyle CanvasView::maskStyleOf(PaneRole layer) const
{
    MaskStyle style;
    for (std::size_t i = 1; i < style.colors.size(); ++i) {
        style.colors[i] = defaultClassColor(static_cast<int>(i)).rgb();
    }
    style.colors[kIgnoreLabel] = qRgb(160, 160, 160);
    for (const LabelClass& labelClass : m_classes) {
        style.colors[labelClass.index] = labelClass.color.rgb();
    }
    if (layer == PaneRole::Prediction) {
        for (std::size_t i = 1; i < kIgnoreLabel; ++i) {
            style.colors[i] = predictionColor(QColor(style.colors[i])).rgb();
        }
    }
    style.outlineWidth = std::round(2 * devicePixelRatioF());
    style.fillOpacity = m_settings.maskStyle() == ViewSettings::MaskStyle::Outline
                            ? 0.0
                            : m_settings.opacity(layer);
    return style;
}

void CanvasView::prepareCaches()
{
    const double ratio = devicePixelRatioF();
    const QSize wanted(
        static_cast<int>(std::ceil(width() * ratio)),
        static_cast<int>(std::ceil(height() * ratio)));
    if (m_base.size() != wanted) {
        m_base = QImage(wanted, QImage::Format_RGB32);
        m_overlay = QImage(wanted, QImage::Format_ARGB32_Premultiplied);
        m_base.setDevicePixelRatio(ratio);
        m_overlay.setDevicePixelRatio(ratio);
        m_isBaseValid = false;
        m_staleOverlay = m_overlay.rect();
    }
    if (!m_isBaseValid) {
        drawBase(m_base.rect());
        m_isBaseValid = true;
    }
    for (const QRect& rect : m_staleOverlay& m_overlay.rect()) {
        drawOverlay(rect);
    }
    m_staleOverlay = {};
}

void CanvasView::drawBase(const QRect& device)
{
    const QRgb background = palette().color(QPalette::Dark).rgb();
    if (m_document == nullptr || m_document->image() == nullptr) {
        m_base.fill(background);
        return;
    }
    const DeviceView view = deviceView();
    paintImage(m_base, device, *m_document->image(), view, background);
    const auto& prediction = m_document->prediction();
    if (m_role == PaneRole::Guide && prediction != nullptr && prediction->guide != nullptr
        && m_settings.isLayerVisible(PaneRole::Guide) && !m_settings.isBlinking()) {
        paintGuide(
            m_base,
            device,
            *prediction->guide,
            m_document->size(),
            view,
            m_settings.opacity(PaneRole::Guide));
    }
}

void CanvasView::drawOverlay(const QRect& device)
{
    for (int y = device.top(); y <= device.bottom(); ++y) {
        auto* row = reinterpret_cast<QRgb*>(m_overlay.scanLine(y)) + device.x();
        std::fill_n(row, device.width(), QRgb{0});
    }
    if (m_document == nullptr || m_settings.isBlinking()) {
        return;
    }
    const DeviceView view = deviceView();
    const auto& prediction = m_document->prediction();
    const bool showsLabels = m_settings.isLayerVisible(PaneRole::Label);
    if (m_role == PaneRole::Prediction && prediction != nullptr
        && m_settings.isLayerVisible(PaneRole::Prediction)) {
        paintMaskOver(
            m_overlay, device, prediction->labels, view, maskStyleOf(PaneRole::Prediction));
    }
    if (showsLabels && (m_role == PaneRole::Label || canPaint())) {
        MaskStyle style = maskStyleOf(PaneRole::Label);
        if (m_role == PaneRole::Prediction) {
            style.fillOpacity = 0; // the label beside the prediction: its line only
            style.outlineWidth = std::round(devicePixelRatioF());
            style.hasHalo = false;
        }
        paintMaskOver(m_overlay, device, m_document->labels(), view, style);
    }
}

void CanvasView::paintEvent(QPaintEvent* event)
{
    prepareCaches();
    QPainter painter(this);
    const double ratio = devicePixelRatioF();
    const QRectF area = event->rect();
    const QRectF source(
        area.x() * ratio, area.y() * ratio, area.width() * ratio, area.height() * ratio);
    painter.drawImage(area, m_base, source);
    painter.drawImage(area, m_overlay, source);
    paintDecorations(painter);
}

void CanvasView::paintDecorations(QPainter& painter)
{
    painter.setRenderHint(QPainter::Antialiasing);
    if (isWaitingForModel()) {
        painter.fillRect(rect(), QColor(0, 0, 0, 120)); // so that it reads as empty
    }
    const auto strokeTwice = [&](const auto& draw) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QColor(0, 0, 0, 150), 3));
        draw();
        painter.setPen(QPen(QColor(255, 255, 255, 230), 1.2));
        draw();
    };
    if (m_crosshair && !m_pointer && m_document != nullptr) {
        const QPointF at = m_transform.viewFromImage(*m_crosshair, size());
        strokeTwice([&] {
            for (const QPointF& direction :
                 {QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)}) {
                painter.drawLine(at + 4 * direction, at + 12 * direction);
            }
        });
    }
    if (!m_ringRect.isEmpty() && m_pointer && !m_isSpaceHeld) {
        const double radius = m_tools.radiusPx() * m_transform.scale();
        strokeTwice([&] {
            if (radius >= 2) {
                painter.drawEllipse(*m_pointer, radius, radius);
            } else {
                painter.drawPoint(*m_pointer);
            }
        });
    }
    if (!m_polygon.empty()) {
        QPolygonF outline;
        for (const PointF& corner : m_polygon) {
            outline << m_transform.viewFromImage(corner, size());
        }
        strokeTwice([&] {
            painter.drawPolyline(outline);
            if (m_pointer) {
                painter.drawLine(outline.last(), *m_pointer);
            }
            painter.drawEllipse(outline.first(), 5, 5);
        });
    }
    paintTitle(painter);
    const auto* prediction = m_document != nullptr ? m_document->prediction().get() : nullptr;
    if (m_role == PaneRole::Guide && prediction != nullptr && prediction->guide != nullptr) {
        paintLegend(painter);
    }
}

bool CanvasView::isWaitingForModel() const
{
    if (m_document == nullptr || (m_role != PaneRole::Guide && m_role != PaneRole::Prediction)) {
        return false;
    }
    const auto& prediction = m_document->prediction();
    return prediction == nullptr || (m_role == PaneRole::Guide && prediction->guide == nullptr);
}

void CanvasView::paintTitle(QPainter& painter)
{
    QString title;
    QColor mark;
    const QColor first = m_classes.isEmpty() ? defaultClassColor(1) : m_classes.first().color;
    switch (m_role) {
    case PaneRole::Image:
        title = tr("Image");
        break;
    case PaneRole::Guide:
        title = tr("Guide");
        mark = QColor(kGuideAccent);
        break;
    case PaneRole::Prediction:
        title = tr("Prediction");
        mark = predictionColor(first);
        break;
    case PaneRole::Label:
        title = tr("Label");
        mark = first;
        break;
    }
    QFont small = font();
    small.setPixelSize(12);
    small.setWeight(QFont::DemiBold);
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    const double textLeft = mark.isValid() ? 24 : 10;
    const QRectF chip(
        kChipMargin, kChipMargin, textLeft + metrics.horizontalAdvance(title) + 10, 22);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 150));
    painter.drawRoundedRect(chip, 4, 4);
    if (mark.isValid()) {
        painter.setBrush(mark);
        painter.drawEllipse(QPointF(chip.left() + 13, chip.center().y()), 4, 4);
    }
    painter.setPen(QColor(255, 255, 255, 235));
    painter.drawText(chip.adjusted(textLeft, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, title);

    if (isWaitingForModel()) {
        QString hint = m_role == PaneRole::Guide ? tr("Where the model looks appears here.")
                                                 : tr("What the model would mark appears here.");
        if (m_document->prediction() != nullptr) {
            hint = tr("This model has no guide.");
        }
        QFont text = font();
        text.setPixelSize(13);
        painter.setFont(text);
        const QRectF line(0, height() / 2.0 - 24, width(), 24);
        const double textWidth = QFontMetricsF(text).horizontalAdvance(hint) + 24;
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor(0, 0, 0, 150));
        painter.drawRoundedRect(
            QRectF((width() - textWidth) / 2, line.top() - 4, textWidth, 32), 4, 4);
        painter.setPen(QColor(255, 255, 255, 235));
        painter.drawText(line, Qt::AlignCenter, hint);
    }
}

void CanvasView::paintLegend(QPainter& painter)
{
    const GuideMap& guide = *m_document->prediction()->guide;
    QFont small = font();
    small.setPixelSize(11);
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    const QLocale locale;
    const QString low = locale.toString(guide.low(), 'f', 2);
    const QString high = locale.toString(guide.high(), 'f', 2);
    constexpr double barWidth = 96;
    const double lowWidth = metrics.horizontalAdvance(low) + 6;
    const double highWidth = metrics.horizontalAdvance(high) + 6;
    const QRectF box(
        kChipMargin, height() - kChipMargin - 22, lowWidth + barWidth + highWidth + 16, 22);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 150));
    painter.drawRoundedRect(box, 4, 4);
    QImage bar(256, 1, QImage::Format_RGB32);
    std::copy(guideColors().begin(), guideColors().end(), reinterpret_cast<QRgb*>(bar.bits()));
    const QRectF barRect(box.left() + 8 + lowWidth, box.center().y() - 4, barWidth, 8);
    painter.drawImage(barRect, bar);
    painter.setPen(QColor(255, 255, 255, 235));
    painter.drawText(
        QRectF(box.left() + 8, box.top(), lowWidth, box.height()),
        Qt::AlignVCenter | Qt::AlignLeft,
        low);
    painter.drawText(
        QRectF(barRect.right() + 6, box.top(), highWidth, box.height()),
        Qt::AlignVCenter | Qt::AlignLeft,
        high);
}

} // namespace guidino::ui
