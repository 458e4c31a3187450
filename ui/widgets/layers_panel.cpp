// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/layers_panel.h"

#include "core/editing/brush_stroke.h"
#include "ui/canvas/canvas_view.h"
#include "ui/canvas/guide_colors.h"
#include "ui/model/tool_state.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/tool_options.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPixmap>
#include <QSignalBlocker>
#include <QToolButton>

#include <cmath>
#include <utility>

namespace guidino::ui {

namespace {

constexpr int kSizeSteps = 100;

/// The slider is logarithmic: each step is the same share of the size.
int stepOf(double radiusPx)
{
    const double low = std::log(editing::kMinBrushRadiusPx);
    const double high = std::log(editing::kMaxBrushRadiusPx);
    return static_cast<int>(std::lround(kSizeSteps * (std::log(radiusPx) - low) / (high - low)));
}

double radiusOf(int step)
{
    return editing::kMinBrushRadiusPx
           * std::pow(
               editing::kMaxBrushRadiusPx / editing::kMinBrushRadiusPx,
               static_cast<double>(step) / kSizeSteps);
}

QPixmap swatch(const QColor& color)
{
    QPixmap pixmap(28, 28);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(4, 4, 20, 20), 5, 5);
    painter.end();
    pixmap.setDevicePixelRatio(2);
    return pixmap;
}

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("role", QStringLiteral("heading"));
    return label;
}

QFrame* separator(QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setProperty("role", QStringLiteral("separator"));
    return line;
}

} // namespace

LayersPanel::LayersPanel(ViewSettings& settings, ToolState& tools, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_settings(settings)
    , m_tools(tools)
    , m_theme(theme)
    , m_classes(binaryClasses())
    , m_classButtons(new QButtonGroup(this))
    , m_classLayout(new QVBoxLayout)
    , m_size(new QSlider(Qt::Horizontal, this))
    , m_diameter(new QSpinBox(this))
    , m_paintOver(new QComboBox(this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 12);
    layout->setSpacing(8);
    addLayers(layout);
    addMaskStyle(layout);
    layout->addWidget(separator(this));
    layout->addWidget(heading(tr("PAINT WITH"), this));
    m_classLayout->setSpacing(2);
    layout->addLayout(m_classLayout);
    layout->addWidget(separator(this));
    addTool(layout);
    connect(m_classButtons, &QButtonGroup::idClicked, this, [this](int id) {
        m_tools.setLabelClass(static_cast<std::uint8_t>(id));
    });
    connect(&tools, &ToolState::changed, this, &LayersPanel::refreshTool);
    connect(&theme, &Theme::changed, this, &LayersPanel::refreshLocks);
    refreshClasses();
    refreshTool();
}

void LayersPanel::setClasses(const LabelClasses& classes)
{
    m_classes = classes;
    refreshClasses();
}

void LayersPanel::addLayers(QVBoxLayout* layout)
{
    layout->addWidget(heading(tr("LAYERS"), this));
    struct Row
    {
        PaneRole role;
        QString name;
        QColor color;
        QString tip;
    };
    const QColor label = defaultClassColor(1);
    const QList<Row> rows{
        {PaneRole::Label, tr("Label"), label, tr("Show or hide labels (S)")},
        {PaneRole::Prediction,
         tr("Prediction"),
         CanvasView::predictionColor(label),
         tr("Show or hide the prediction")},
        {PaneRole::Guide, tr("Guide"), QColor(kGuideAccent), tr("Show or hide the guide")}};
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(2, 1);
    for (int i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        auto* eye = new QToolButton(this);
        eye->setToolTip(row.tip);
        eye->setAccessibleName(row.tip);
        auto* name = new QLabel(row.name, this);
        auto* mark = new QLabel(this);
        mark->setPixmap(swatch(row.color));
        if (row.role == PaneRole::Label) {
            m_labelMark = mark;
        } else if (row.role == PaneRole::Prediction) {
            m_predictionMark = mark;
        }
        auto* slider = new QSlider(Qt::Horizontal, this);
        slider->setRange(0, 100);
        slider->setToolTip(tr("Opacity of %1").arg(row.name));
        slider->setAccessibleName(slider->toolTip());
        grid->addWidget(mark, i, 0);
        grid->addWidget(name, i, 1);
        grid->addWidget(slider, i, 2);
        grid->addWidget(eye, i, 3);
        const PaneRole role = row.role;
        const auto refresh = [this, eye, slider, role] {
            const QSignalBlocker quietSlider(slider);
            const bool isShown = m_settings.isLayerVisible(role);
            eye->setIcon(m_theme.icon(isShown ? QStringLiteral("eye") : QStringLiteral("eye-off")));
            slider->setValue(static_cast<int>(std::lround(100 * m_settings.opacity(role))));
            slider->setEnabled(isShown);
        };
        connect(eye, &QToolButton::clicked, this, [this, role] {
            m_settings.setLayerVisible(role, !m_settings.isLayerVisible(role));
        });
        connect(slider, &QSlider::valueChanged, this, [this, role](int value) {
            m_settings.setOpacity(role, value / 100.0);
        });
        connect(&m_settings, &ViewSettings::layersChanged, this, refresh);
        connect(&m_theme, &Theme::changed, this, refresh);
        refresh();
    }
    layout->addLayout(grid);
}

void LayersPanel::addMaskStyle(QVBoxLayout* layout)
{
    auto* style = new QHBoxLayout;
    style->setSpacing(4);
    auto* group = new QButtonGroup(this);
    const auto addStyle = [&](const QString& text, const QString& icon, int id) {
        auto* button = new QToolButton(this);
        button->setText(text);
        button->setToolTip(tr("How label and prediction are drawn (O)"));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setCheckable(true);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_theme.setIcon(button, icon);
        group->addButton(button, id);
        style->addWidget(button);
    };
    addStyle(tr("Filled"), QStringLiteral("filled"), 0);
    addStyle(tr("Outline"), QStringLiteral("outline"), 1);
    connect(group, &QButtonGroup::idClicked, this, [this](int id) {
        m_settings.setMaskStyle(
            id == 0 ? ViewSettings::MaskStyle::Fill : ViewSettings::MaskStyle::Outline);
    });
    const auto refreshStyle = [this, group] {
        group->button(m_settings.maskStyle() == ViewSettings::MaskStyle::Fill ? 0 : 1)
            ->setChecked(true);
    };
    connect(&m_settings, &ViewSettings::layersChanged, this, refreshStyle);
    refreshStyle();
    layout->addLayout(style);
    auto* width = new QSlider(Qt::Horizontal, this);
    width->setRange(1, 6);
    width->setPageStep(1);
    width->setToolTip(tr("Width of outlines"));
    width->setAccessibleName(width->toolTip());
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(new QLabel(tr("Outline width"), this));
    row->addWidget(width, 1);
    layout->addLayout(row);
    connect(width, &QSlider::valueChanged, this, [this](int value) {
        m_settings.setOutlineWidth(value);
    });
    const auto refreshWidth = [this, width] {
        width->setValue(static_cast<int>(std::lround(m_settings.outlineWidth())));
    };
    connect(&m_settings, &ViewSettings::layersChanged, this, refreshWidth);
    refreshWidth();
}

void LayersPanel::addTool(QVBoxLayout* layout)
{
    layout->addWidget(heading(tr("BRUSH"), this));
    m_size->setRange(0, kSizeSteps);
    m_size->setAccessibleName(tr("Brush size"));
    m_size->setToolTip(tr("Brush size in image pixels ([ and ], or Shift with the wheel)"));
    m_diameter->setRange(1, static_cast<int>(2 * editing::kMaxBrushRadiusPx));
    m_diameter->setSuffix(tr(" px"));
    m_diameter->setAccessibleName(tr("Brush diameter in image pixels"));
    m_diameter->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_diameter->setFixedWidth(72);
    auto* size = new QHBoxLayout;
    size->setSpacing(8);
    size->addWidget(m_size, 1);
    size->addWidget(m_diameter);
    layout->addLayout(size);
    auto* over = new QHBoxLayout;
    over->setSpacing(8);
    auto* overLabel = new QLabel(tr("Paint over"), this);
    overLabel->setBuddy(m_paintOver);
    m_paintOver->addItem(tr("everything"), static_cast<int>(editing::PaintOver::Everything));
    m_paintOver->addItem(tr("background only"), static_cast<int>(editing::PaintOver::Background));
    m_paintOver->addItem(tr("labelled only"), static_cast<int>(editing::PaintOver::Labelled));
    m_paintOver->setAccessibleName(tr("Which pixels the brush may change"));
    over->addWidget(overLabel);
    over->addWidget(m_paintOver, 1);
    layout->addLayout(over);
    layout->addWidget(new ToolOptions(m_tools, this));
    connect(m_size, &QSlider::valueChanged, this, [this](int step) {
        m_tools.setRadiusPx(radiusOf(step));
    });
    connect(m_diameter, &QSpinBox::valueChanged, this, [this](int diameter) {
        m_tools.setRadiusPx(diameter / 2.0);
    });
    connect(m_paintOver, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_tools.setPaintOver(static_cast<editing::PaintOver>(m_paintOver->itemData(index).toInt()));
    });
}

void LayersPanel::refreshClasses()
{
    const QColor first = m_classes.isEmpty() ? defaultClassColor(1) : m_classes.first().color;
    m_labelMark->setPixmap(swatch(first));
    m_predictionMark->setPixmap(swatch(CanvasView::predictionColor(first)));
    for (QAbstractButton* button : m_classButtons->buttons()) {
        m_classButtons->removeButton(button);
        delete button;
    }
    qDeleteAll(std::exchange(m_locks, {}));
    while (QLayoutItem* row = m_classLayout->takeAt(0)) {
        delete row;
    }
    LabelClasses shown = m_classes;
    shown.append({0, classNameOf(m_classes, 0), QColor(0, 0, 0, 0)});
    for (const LabelClass& labelClass : shown) {
        auto* button = new QToolButton(this);
        button->setCheckable(true);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        const QString key = labelClass.index <= 9 ? QString::number(labelClass.index) : QString();
        button->setText(key.isEmpty() ? labelClass.name : tr("%1   %2").arg(key, labelClass.name));
        button->setToolTip(
            key.isEmpty() ? tr("Paint %1").arg(labelClass.name)
                          : tr("Paint %1 (key %2)").arg(labelClass.name, key));
        button->setIcon(swatch(labelClass.color));
        m_classButtons->addButton(button, labelClass.index);
        auto* lock = new QToolButton(this);
        lock->setCheckable(true);
        lock->setToolTip(
            tr("Lock %1: no tool and no model changes it (Ctrl+L)").arg(labelClass.name));
        lock->setAccessibleName(tr("Lock %1").arg(labelClass.name));
        const std::uint8_t index = labelClass.index;
        connect(lock, &QToolButton::toggled, this, [this, index](bool isLocked) {
            m_tools.setLocked(index, isLocked);
        });
        m_locks.insert(index, lock);
        auto* row = new QHBoxLayout;
        row->setSpacing(2);
        row->addWidget(button, 1);
        row->addWidget(lock);
        m_classLayout->addLayout(row);
    }
    refreshTool();
}

void LayersPanel::refreshTool()
{
    const QSignalBlocker quietSize(m_size);
    const QSignalBlocker quietDiameter(m_diameter);
    m_size->setValue(stepOf(m_tools.radiusPx()));
    m_diameter->setValue(static_cast<int>(std::lround(2 * m_tools.radiusPx())));
    if (QAbstractButton* button = m_classButtons->button(m_tools.labelClass())) {
        button->setChecked(true);
    }
    refreshLocks();
}

void LayersPanel::refreshLocks()
{
    for (auto lock = m_locks.constBegin(); lock != m_locks.constEnd(); ++lock) {
        const QSignalBlocker quiet(lock.value());
        const bool isLocked = m_tools.rules().lockedClasses.test(lock.key());
        lock.value()->setChecked(isLocked);
        lock.value()->setIcon(
            m_theme.icon(isLocked ? QStringLiteral("lock") : QStringLiteral("unlock")));
    }
}

} // namespace guidino::ui
