// SPDX-License-Identifier: Apache-2.0
// What lies above the layers of a pane: tool, crosshair, title, legend, scale bar, mini-map.
#include "ui/canvas/canvas_view.h"
#include "ui/canvas/guide_colors.h"
#include "ui/canvas/tools/tool_support.h"
#include "ui/model/read_out.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kChipMargin = 8;
constexpr double kMiniMapSide = 132;

} // namespace

void CanvasView::paintDecorations(QPainter& painter)
{
    painter.setRenderHint(QPainter::Antialiasing);
    if (isWaitingForModel()) {
        painter.fillRect(rect(), QColor(0, 0, 0, 120)); // so that it reads as empty
    }
    if (m_crosshair && !m_pointer && m_document != nullptr) {
        const QPointF at = m_transform.viewFromImage(*m_crosshair, size());
        strokeTwice(painter, [&] {
            for (const QPointF& direction :
                 {QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)}) {
                painter.drawLine(at + 4 * direction, at + 12 * direction);
            }
        });
    }
    paintDivider(painter);
    paintTool(painter);
    paintTitle(painter);
    const auto* prediction = m_document != nullptr ? m_document->shownPrediction().get() : nullptr;
    if (m_role == PaneRole::Guide && prediction != nullptr && prediction->guide != nullptr) {
        paintLegend(painter);
    }
    paintScaleBar(painter);
    paintMiniMap(painter);
    if (m_isFocusByKey) {
        strokeTwice(painter, [&] { painter.drawRect(QRectF(rect()).adjusted(2, 2, -2, -2)); });
    }
}

void CanvasView::paintTool(QPainter& painter)
{
    if (m_document == nullptr || m_tool == nullptr || !canPaint()) {
        return;
    }
    if (!m_ringRect.isEmpty() && m_pointer && !m_isSpaceHeld) {
        const QPointF at = m_drag == Drag::Resize ? m_lastPan : *m_pointer;
        const double radius = m_tool->ringRadius(toolContext()) * m_transform.scale();
        strokeTwice(painter, [&] {
            if (radius >= 2) {
                painter.drawEllipse(at, radius, radius);
            } else {
                painter.drawPoint(at);
            }
        });
        if (m_drag == Drag::Resize) {
            paintChip(
                painter,
                at + QPointF(radius + 10, 0),
                tr("%1 px").arg(std::lround(2 * m_tools.radiusPx())));
        }
    }
    m_tool->paint(toolContext(), painter, m_pointer);
}

void CanvasView::paintDivider(QPainter& painter)
{
    if (!m_settings.isSwiping() || m_role != PaneRole::Label || m_document == nullptr
        || m_document->prediction() == nullptr) {
        return;
    }
    const double x = std::round(m_settings.swipePosition() * width());
    strokeTwice(painter, [&] { painter.drawLine(QPointF(x, 0), QPointF(x, height())); });
    paintHandle(painter, QPointF(x, height() / 2.0), true);
    const QFont before = painter.font();
    QFont small = before;
    small.setPixelSize(12);
    const QString left = m_sides.left.isEmpty() ? tr("Label") : m_sides.left;
    const double leftWidth = QFontMetricsF(small).horizontalAdvance(left) + 16;
    paintChip(painter, QPointF(x - leftWidth - 8, height() - 40), left);
    paintChip(
        painter,
        QPointF(x + 8, height() - 40),
        m_sides.right.isEmpty() ? tr("Prediction") : m_sides.right);
    painter.setFont(before);
}

QRectF CanvasView::miniMapRect() const
{
    if (!m_settings.hasMiniMap() || m_document == nullptr || m_document->image() == nullptr
        || m_transform.isFitting() || width() < 3 * kMiniMapSide || !isActivePane()) {
        return {};
    }
    const Size image = m_document->size();
    QSizeF size(image.width, image.height);
    if (m_transform.quarterTurns() % 2 != 0) {
        size.transpose();
    }
    size.scale(kMiniMapSide, kMiniMapSide, Qt::KeepAspectRatio);
    return {
        QPointF(width() - size.width() - kChipMargin, height() - size.height() - kChipMargin - 30),
        size};
}

bool CanvasView::isActivePane() const
{
    // One map is enough: the pane that is alone, or that of the image.
    return m_settings.isFourUp() ? m_role == PaneRole::Image : m_role == m_settings.soloPane();
}

void CanvasView::goToMiniMap(QPointF view)
{
    const QRectF map = miniMapRect();
    if (map.isEmpty()) {
        return;
    }
    // The map is the whole image in a view of its own that turns like this one.
    ViewTransform small;
    small.copyTurns(m_transform);
    small.setImageSize(m_transform.imageSize(), map.size());
    small.fitExactly(map.size());
    m_transform.centreOn(small.imageFromView(view - map.topLeft(), map.size()));
}

void CanvasView::paintMiniMap(QPainter& painter)
{
    const QRectF map = miniMapRect();
    if (map.isEmpty()) {
        return;
    }
    if (m_miniMap.isNull() || m_miniMapOf != m_document->shownImage().get()) {
        const ImagePyramid& image = *m_document->shownImage();
        const double scale = 2 * kMiniMapSide / std::max(image.size().width, image.size().height);
        const Raster8& level = image.level(image.levelFor(std::min(scale, 1.0)));
        m_miniMap = QImage(
                        level.data(),
                        level.width(),
                        level.height(),
                        3 * level.width(),
                        QImage::Format_RGB888)
                        .copy();
        m_miniMapOf = m_document->shownImage().get();
    }
    ViewTransform small;
    small.copyTurns(m_transform);
    small.setImageSize(m_transform.imageSize(), map.size());
    small.fitExactly(map.size());
    painter.save();
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 170));
    painter.drawRoundedRect(map.adjusted(-3, -3, 3, 3), 3, 3);
    painter.setClipRect(map);
    painter.translate(map.topLeft());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setTransform(small.viewFromImageTransform(map.size()), true);
    const Size image = m_document->size();
    painter.drawImage(QRectF(0, 0, image.width, image.height), m_miniMap);
    painter.restore();
    painter.save();
    painter.setClipRect(map.adjusted(-1, -1, 1, 1));
    const auto mapPoint = [&](QPointF view) {
        return small.viewFromImage(imageAt(view), map.size()) + map.topLeft();
    };
    const QRectF seen =
        QRectF(mapPoint({0, 0}), mapPoint({double(width()), double(height())})).normalized();
    strokeTwice(painter, [&] { painter.drawRect(seen & map); });
    painter.restore();
}

void CanvasView::paintScaleBar(QPainter& painter)
{
    if (!m_settings.hasScaleBar() || m_document == nullptr || m_document->image() == nullptr
        || !isActivePane()) {
        return;
    }
    const auto& spacing = m_document->image()->spacingMm();
    const double unit = spacing ? spacing->x : 1.0; // of one image pixel
    // The largest of 1, 2, 5 · 10^n that fits into a fifth of the pane.
    const double most = width() / 5.0 / m_transform.scale() * unit;
    const double power = std::pow(10, std::floor(std::log10(std::max(most, 1e-9))));
    const double lead = most / power;
    const double length = (lead >= 5 ? 5 : (lead >= 2 ? 2 : 1)) * power;
    const double onScreen = length / unit * m_transform.scale();
    if (onScreen < 12) {
        return;
    }
    const QLocale locale;
    const QString number = locale.toString(length, 'g', 4);
    const QString text = spacing ? tr("%1 mm").arg(number) : tr("%1 px").arg(number);
    QFont small = font();
    small.setPixelSize(11);
    painter.setFont(small);
    const double textWidth = QFontMetricsF(small).horizontalAdvance(text);
    const QRectF box(
        width() - kChipMargin - onScreen - textWidth - 26,
        height() - kChipMargin - 22,
        onScreen + textWidth + 26,
        22);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 150));
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(QPen(QColor(255, 255, 255, 235), 1.5));
    const double y = box.center().y();
    const double left = box.left() + 8;
    painter.drawLine(QPointF(left, y), QPointF(left + onScreen, y));
    painter.drawLine(QPointF(left, y - 4), QPointF(left, y + 4));
    painter.drawLine(QPointF(left + onScreen, y - 4), QPointF(left + onScreen, y + 4));
    painter.drawText(
        QRectF(left + onScreen + 8, box.top(), textWidth + 4, box.height()),
        Qt::AlignVCenter | Qt::AlignLeft,
        text);
}

QString CanvasView::layerTitle() const
{
    switch (m_settings.layerOf(m_role)) {
    case ViewSettings::MainLayer::Own:
        return {};
    case ViewSettings::MainLayer::None:
        return tr("image only");
    case ViewSettings::MainLayer::Label:
        return tr("label");
    case ViewSettings::MainLayer::Prediction:
        return tr("prediction");
    case ViewSettings::MainLayer::Guide:
        return tr("guide");
    case ViewSettings::MainLayer::Difference:
        return tr("|prediction − label|");
    case ViewSettings::MainLayer::Probability:
        return tr("probability");
    case ViewSettings::MainLayer::GuideDifference:
        return tr("|guide − prediction|");
    }
    return {};
}

bool CanvasView::isWaitingForModel() const
{
    if (m_document == nullptr || (m_role != PaneRole::Guide && m_role != PaneRole::Prediction)) {
        return false;
    }
    const auto& prediction = m_document->shownPrediction();
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
        title = m_settings.isNetworksEye() ? tr("Image × guide") : tr("Guide");
        mark = QColor(kGuideAccent);
        break;
    case PaneRole::Prediction:
        title = tr("Prediction");
        mark = predictionColor(first);
        break;
    case PaneRole::Label:
        title = m_sides.left.isEmpty() ? tr("Label") : m_sides.left;
        mark = first;
        break;
    }
    if (const QString layer = layerTitle(); !layer.isEmpty()) {
        title = tr("%1: %2").arg(title, layer);
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
        if (m_document->shownPrediction() != nullptr) {
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
    const GuideMap& guide = *m_document->shownPrediction()->guide;
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
