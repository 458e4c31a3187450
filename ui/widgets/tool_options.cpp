// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/tool_options.h"

#include <QGridLayout>
#include <QSignalBlocker>

#include <algorithm>
#include <cmath>

namespace guidino::ui {

ToolOptions::ToolOptions(ToolState& tools, QWidget* parent)
    : QWidget(parent)
    , m_tools(tools)
    , m_layout(new QGridLayout(this))
    , m_hint(new QLabel(this))
{
    using Tool = ToolState::Tool;
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setHorizontalSpacing(8);
    m_layout->setVerticalSpacing(6);
    m_layout->setColumnStretch(1, 1);
    const Tools brushes{
        Tool::Brush,
        Tool::Eraser,
        Tool::Ignore,
        Tool::SmartBrush,
        Tool::Superpixels,
        Tool::AcceptBrush};
    addCheck(
        brushes,
        tr("Keep the size on the screen"),
        tr("The brush covers less of the image when you zoom in"),
        &ToolState::isZoomScaled,
        &ToolState::setZoomScaled);
    addCheck(
        {Tool::Brush, Tool::Eraser, Tool::Ignore},
        tr("Pen pressure sets the size"),
        tr("For pens of a tablet; their other end erases"),
        &ToolState::usesPressure,
        &ToolState::setPressureUsed);
    addCheck(
        {Tool::Polygon},
        tr("Smooth curve through corners"),
        tr("Joins the corners by a curve instead of lines"),
        &ToolState::isPolygonSmooth,
        &ToolState::setPolygonSmooth);
    addSlider(
        {Tool::Wand},
        tr("Tolerance"),
        1,
        80,
        [&tools] { return static_cast<int>(std::lround(tools.tolerance())); },
        [&tools](int value) { tools.setTolerance(value); });
    addSlider(
        {Tool::Superpixels},
        tr("Patch size"),
        4,
        64,
        [&tools] { return tools.superpixelPx(); },
        [&tools](int value) { tools.setSuperpixelPx(value); });
    addCheck(
        {Tool::Threshold},
        tr("Range from what is in the box"),
        tr("Parts the box into dark and light; what is in its middle is taken"),
        &ToolState::isThresholdAuto,
        &ToolState::setThresholdAuto);
    addSlider(
        {Tool::Threshold},
        tr("From"),
        0,
        255,
        [&tools] { return tools.thresholdLow(); },
        [&tools](int value) { tools.setThreshold(value, std::max(value, tools.thresholdHigh())); });
    addSlider(
        {Tool::Threshold},
        tr("To"),
        0,
        255,
        [&tools] { return tools.thresholdHigh(); },
        [&tools](int value) { tools.setThreshold(std::min(value, tools.thresholdLow()), value); });
    addCheck(
        {Tool::Prompt},
        tr("Follow the model's guide, too"),
        tr("Where a guide was computed, prompts spread along it as along colours"),
        &ToolState::usesGuide,
        &ToolState::setGuideUsed);
    addSlider(
        {},
        tr("Grow and smooth by"),
        1,
        20,
        [&tools] { return tools.stepPx(); },
        [&tools](int value) { tools.setStepPx(value); });
    m_hint->setWordWrap(true);
    m_hint->setProperty("role", QStringLiteral("muted"));
    m_layout->addWidget(m_hint, m_layout->rowCount(), 0, 1, 3);
    connect(&tools, &ToolState::changed, this, &ToolOptions::refresh);
    refresh();
}

void ToolOptions::addCheck(
    const Tools& tools,
    const QString& text,
    const QString& tip,
    bool (ToolState::*get)() const,
    void (ToolState::*put)(bool))
{
    auto* box = new QCheckBox(text, this);
    box->setToolTip(tip);
    m_layout->addWidget(box, m_layout->rowCount(), 0, 1, 3);
    connect(box, &QCheckBox::toggled, this, [this, put](bool isOn) { (m_tools.*put)(isOn); });
    m_rows.push_back({tools, {box}, [this, box, get] { box->setChecked((m_tools.*get)()); }});
}

QSlider* ToolOptions::addSlider(
    const Tools& tools,
    const QString& text,
    int low,
    int high,
    const std::function<int()>& get,
    const std::function<void(int)>& put)
{
    auto* name = new QLabel(text, this);
    auto* slider = new QSlider(Qt::Horizontal, this);
    slider->setRange(low, high);
    slider->setAccessibleName(text);
    name->setBuddy(slider);
    auto* number = new QLabel(this);
    number->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    number->setMinimumWidth(number->fontMetrics().horizontalAdvance(QStringLiteral("000")));
    const int row = m_layout->rowCount();
    m_layout->addWidget(name, row, 0);
    m_layout->addWidget(slider, row, 1);
    m_layout->addWidget(number, row, 2);
    connect(slider, &QSlider::valueChanged, this, put);
    m_rows.push_back({tools, {name, slider, number}, [slider, number, get] {
                          slider->setValue(get());
                          number->setText(QString::number(get()));
                      }});
    return slider;
}

void ToolOptions::refresh()
{
    for (const Row& row : m_rows) {
        const bool isWanted =
            row.tools.empty()
            || std::find(row.tools.begin(), row.tools.end(), m_tools.tool()) != row.tools.end();
        for (QWidget* widget : row.widgets) {
            const QSignalBlocker quiet(widget);
            widget->setVisible(isWanted);
            if (widget == row.widgets.last()) {
                const QSignalBlocker quietFirst(row.widgets.at(row.widgets.size() > 1 ? 1 : 0));
                row.refresh();
            }
        }
    }
    using Tool = ToolState::Tool;
    QString hint;
    switch (m_tools.tool()) {
    case Tool::Brush:
    case Tool::Ignore:
        hint = tr("Right button or Ctrl erases.");
        break;
    case Tool::SmartBrush:
    case Tool::Superpixels:
        hint = tr("Fills up to an edge in the ring; without one half of it. Right button erases.");
        break;
    case Tool::Polygon:
        hint = tr("Click corners, drag them, right-click removes. Return closes.");
        break;
    case Tool::Livewire:
        hint = tr("Click along the edge. Backspace steps back, Return closes.");
        break;
    case Tool::Wand:
        hint = tr("Drag right or up for more. Right button takes away.");
        break;
    case Tool::Prompt:
        hint = tr("Left: belongs. Right: does not. Drag: look here. Return takes it.");
        break;
    case Tool::GrabCut:
        hint = tr("A box with some room around the object. The label is the first guess.");
        break;
    case Tool::Region:
        hint = tr("Drag to move, Ctrl-drag to copy, Delete to remove.");
        break;
    case Tool::Split:
        hint = tr("Click the object, or draw the cut.");
        break;
    case Tool::Ruler:
        hint = tr("Millimetres appear where the file tells the distance of pixels.");
        break;
    default:
        break;
    }
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

} // namespace guidino::ui
