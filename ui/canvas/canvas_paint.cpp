// SPDX-License-Identifier: Apache-2.0
// How a pane is drawn: its two caches of device pixels.
#include "ui/canvas/canvas_view.h"
#include "ui/canvas/guide_colors.h"

#include <QPaintEvent>
#include <QPainter>

#include <cmath>

namespace guidino::ui {

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
    style.outlineWidth = std::round(m_settings.outlineWidth() * devicePixelRatioF());
    style.fillOpacity = m_settings.maskStyle() == ViewSettings::MaskStyle::Outline
                            ? 0.0
                            : m_settings.opacity(layer);
    return style;
}

void CanvasView::prepareCaches()
{
    const double ratio = devicePixelRatioF();
    const QSizeF upright = m_transform.uprightSize(size());
    const QSize wanted(
        static_cast<int>(std::ceil(upright.width() * ratio)),
        static_cast<int>(std::ceil(upright.height() * ratio)));
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
    paintImage(m_base, device, *m_document->shownImage(), view, background);
    if (const DisplayAdjustment display = m_document->shownDisplay(); !display.isPlain()) {
        adjustDisplay(m_base, device, m_document->size(), view, display);
    }
    const auto& prediction = m_document->shownPrediction();
    const ViewSettings::MainLayer layer = m_settings.layerOf(m_role);
    const bool isGuideWanted =
        layer == ViewSettings::MainLayer::Guide
        || (layer == ViewSettings::MainLayer::Own && m_role == PaneRole::Guide
            && m_settings.isLayerVisible(PaneRole::Guide));
    if (isGuideWanted && prediction != nullptr && prediction->guide != nullptr
        && !m_settings.isBlinking()) {
        if (m_role == PaneRole::Guide && m_settings.isNetworksEye()) {
            paintGated(m_base, device, *prediction->guide, m_document->size(), view);
            return;
        }
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
    const ViewSettings::MainLayer layer = m_settings.layerOf(m_role);
    if (layer != ViewSettings::MainLayer::Own) {
        drawLayer(device, layer);
        return;
    }
    const DeviceView view = deviceView();
    const auto& prediction = m_document->shownPrediction();
    const bool showsLabels = m_settings.isLayerVisible(PaneRole::Label);
    if (m_role == PaneRole::Label && m_settings.isSwiping() && prediction != nullptr) {
        // Each side of the divider has its own layer; the divider is upright on the screen.
        const double ratio = devicePixelRatioF();
        const QRectF left(0, 0, m_settings.swipePosition() * width(), height());
        const QRectF upright = m_transform.viewFromUpright(size()).inverted().mapRect(left);
        const QRect labelPart = QRectF(upright.topLeft() * ratio, upright.size() * ratio).toRect();
        for (const QRect& part : QRegion(device) & labelPart) {
            drawLayer(part, ViewSettings::MainLayer::Label);
        }
        for (const QRect& part : QRegion(device) - labelPart) {
            drawLayer(part, ViewSettings::MainLayer::Prediction);
        }
        if (m_sides.reference.size() == m_document->size()) {
            MaskStyle line;
            line.colors.fill(qRgb(255, 255, 255));
            line.colors[0] = 0;
            line.fillOpacity = 0;
            line.outlineWidth = std::max(1.0, std::round(ratio));
            paintMaskOver(m_overlay, device, m_sides.reference, view, line);
        }
        return;
    }
    if (m_role == PaneRole::Prediction && prediction != nullptr
        && m_settings.isLayerVisible(PaneRole::Prediction)) {
        drawLayer(device, ViewSettings::MainLayer::Prediction);
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

void CanvasView::drawLayer(const QRect& device, ViewSettings::MainLayer layer)
{
    using Layer = ViewSettings::MainLayer;
    const DeviceView view = deviceView();
    const LabelMap& labels = m_document->labels();
    const auto& prediction = m_document->shownPrediction();
    const bool hasProbability = prediction != nullptr && prediction->probability != nullptr
                                && prediction->probability->size() == m_document->size();
    const auto probabilityAt = [&](double x, double y) {
        return prediction->probability->at(static_cast<int>(x), static_cast<int>(y)) / 65535.0;
    };
    switch (layer) {
    case Layer::Own:
    case Layer::None:
    case Layer::Guide: // a part of the base
        break;
    case Layer::Label:
        paintMaskOver(m_overlay, device, labels, view, maskStyleOf(PaneRole::Label));
        break;
    case Layer::Prediction:
        if (prediction != nullptr) {
            paintMaskOver(
                m_overlay, device, prediction->labels, view, maskStyleOf(PaneRole::Prediction));
        }
        break;
    case Layer::Difference:
        if (prediction != nullptr) {
            const QColor first =
                m_classes.isEmpty() ? defaultClassColor(1) : m_classes.first().color;
            paintDifference(
                m_overlay,
                device,
                labels,
                prediction->labels,
                view,
                first.rgb(),
                predictionColor(first).rgb());
        }
        break;
    case Layer::Probability:
        if (hasProbability) {
            paintField(
                m_overlay,
                device,
                m_document->size(),
                view,
                probabilityColors(),
                0.75,
                probabilityAt);
        }
        break;
    case Layer::GuideDifference:
        if (hasProbability && prediction->guide != nullptr) {
            const GuideMap& guide = *prediction->guide;
            const Size size = m_document->size();
            const double span = guide.high() - guide.low();
            paintField(
                m_overlay, device, size, view, probabilityColors(), 0.75, [&](double x, double y) {
                    // The guide's own range stands for 0 to 1, or a flat guide would differ all
                    // over.
                    const double value = guide.valueAt(x / size.width, y / size.height);
                    const double share = std::clamp((value - guide.low()) / span, 0.0, 1.0);
                    return std::abs(share - probabilityAt(x, y));
                });
        }
        break;
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
    if (m_transform.isUpright()) {
        painter.drawImage(area, m_base, source);
        painter.drawImage(area, m_overlay, source);
    } else {
        painter.setClipRect(area);
        painter.setTransform(m_transform.viewFromUpright(size()));
        painter.drawImage(QPointF(0, 0), m_base);
        painter.drawImage(QPointF(0, 0), m_overlay);
        painter.resetTransform();
        painter.setClipping(false);
    }
    paintDecorations(painter);
}

} // namespace guidino::ui
