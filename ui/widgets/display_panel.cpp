// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/display_panel.h"

#include "ui/model/image_pyramid.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>

#include <algorithm>
#include <array>
#include <cmath>

namespace guidino::ui {

namespace {

/// The slider of gamma is logarithmic: 0 is 1, the ends are 1/4 and 4.
constexpr int kGammaSteps = 50;

double gammaOf(int step)
{
    return std::exp2(2.0 * step / kGammaSteps);
}

int stepOf(double gamma)
{
    return static_cast<int>(std::lround(std::log2(gamma) * kGammaSteps / 2));
}

} // namespace

DisplayPanel::DisplayPanel(QWidget* parent)
    : QWidget(parent)
    , m_channel(new QComboBox(this))
    , m_low(new QSlider(Qt::Horizontal, this))
    , m_high(new QSlider(Qt::Horizontal, this))
    , m_gamma(new QSlider(Qt::Horizontal, this))
    , m_inverted(new QCheckBox(tr("Inverted"), this))
    , m_keep(new QCheckBox(tr("Keep for the next image"), this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    using Channel = DisplayAdjustment::Channel;
    m_channel->addItem(tr("all colours"), static_cast<int>(Channel::Colour));
    m_channel->addItem(tr("red"), static_cast<int>(Channel::Red));
    m_channel->addItem(tr("green"), static_cast<int>(Channel::Green));
    m_channel->addItem(tr("blue"), static_cast<int>(Channel::Blue));
    m_channel->addItem(tr("luminance"), static_cast<int>(Channel::Luminance));
    m_low->setRange(0, 254);
    m_high->setRange(1, 255);
    m_gamma->setRange(-kGammaSteps, kGammaSteps);
    auto* layout = new QFormLayout(this);
    layout->setContentsMargins(12, 8, 12, 12);
    layout->setSpacing(8);
    const auto addRow = [layout](const QString& name, QWidget* field, const QString& tip) {
        field->setAccessibleName(name);
        field->setToolTip(tip);
        layout->addRow(name, field);
    };
    addRow(tr("Channel"), m_channel, tr("Which part of the colours is shown"));
    addRow(tr("Black at"), m_low, tr("Values up to here are black"));
    addRow(tr("White at"), m_high, tr("Values from here on are white"));
    addRow(tr("Gamma"), m_gamma, tr("To the right: dark parts lighter"));
    layout->addRow(m_inverted);
    layout->addRow(m_keep);
    auto* buttons = new QHBoxLayout;
    auto* automatic = new QPushButton(tr("Automatic"), this);
    automatic->setToolTip(tr("From the darkest to the lightest hundredth of the image"));
    auto* reset = new QPushButton(tr("As stored"), this);
    buttons->addWidget(automatic);
    buttons->addWidget(reset);
    buttons->addStretch(1);
    layout->addRow(buttons);
    connect(m_channel, &QComboBox::currentIndexChanged, this, &DisplayPanel::take);
    for (QSlider* slider : {m_low, m_high, m_gamma}) {
        connect(slider, &QSlider::valueChanged, this, &DisplayPanel::take);
    }
    connect(m_inverted, &QCheckBox::toggled, this, &DisplayPanel::take);
    connect(automatic, &QPushButton::clicked, this, &DisplayPanel::adjustByContent);
    connect(reset, &QPushButton::clicked, this, [this] {
        if (m_document != nullptr) {
            m_document->setDisplay({});
        }
    });
    refresh();
}

void DisplayPanel::setDocument(AnnotationDocument* document)
{
    if (m_document == document) {
        return;
    }
    const DisplayAdjustment before =
        m_document != nullptr ? m_document->display() : DisplayAdjustment{};
    if (m_document != nullptr) {
        m_document->disconnect(this);
    }
    m_document = document;
    if (document != nullptr) {
        if (m_keep->isChecked()) {
            document->setDisplay(before);
        }
        connect(document, &AnnotationDocument::displayChanged, this, &DisplayPanel::refresh);
    }
    refresh();
}

void DisplayPanel::take()
{
    if (m_document == nullptr) {
        return;
    }
    DisplayAdjustment display;
    display.channel = static_cast<DisplayAdjustment::Channel>(m_channel->currentData().toInt());
    // The slider that was not moved gives way.
    int low = m_low->value();
    int high = m_high->value();
    if (high <= low) {
        (sender() == m_low ? high : low) = sender() == m_low ? low + 1 : high - 1;
    }
    display.low = low / 255.0;
    display.high = high / 255.0;
    display.gamma = gammaOf(m_gamma->value());
    display.isInverted = m_inverted->isChecked();
    m_document->setDisplay(display);
}

void DisplayPanel::refresh()
{
    setEnabled(m_document != nullptr);
    const DisplayAdjustment display =
        m_document != nullptr ? m_document->display() : DisplayAdjustment{};
    const QSignalBlocker quietChannel(m_channel);
    const QSignalBlocker quietLow(m_low);
    const QSignalBlocker quietHigh(m_high);
    const QSignalBlocker quietGamma(m_gamma);
    const QSignalBlocker quietInverted(m_inverted);
    m_channel->setCurrentIndex(m_channel->findData(static_cast<int>(display.channel)));
    m_low->setValue(static_cast<int>(std::lround(255 * display.low)));
    m_high->setValue(static_cast<int>(std::lround(255 * display.high)));
    m_gamma->setValue(stepOf(display.gamma));
    m_inverted->setChecked(display.isInverted);
}

void DisplayPanel::adjustByContent()
{
    if (m_document == nullptr || m_document->image() == nullptr) {
        return;
    }
    // A small level of the pyramid tells the same.
    const ImagePyramid& image = *m_document->image();
    const double scale = std::min(1.0, 512.0 / std::max(image.size().width, image.size().height));
    const Raster8& level = image.level(image.levelFor(scale));
    std::array<qint64, 256> histogram{};
    for (std::size_t i = 0; i + 2 < level.pixels().size(); i += 3) {
        const std::uint8_t* rgb = level.data() + i;
        ++histogram[static_cast<std::size_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000)];
    }
    const qint64 share = std::max<qint64>(level.size().area() / 100, 1);
    int low = 0;
    for (qint64 sum = histogram[0]; sum < share && low < 254;) {
        sum += histogram[static_cast<std::size_t>(++low)];
    }
    int high = 255;
    for (qint64 sum = histogram[255]; sum < share && high > low + 1;) {
        sum += histogram[static_cast<std::size_t>(--high)];
    }
    DisplayAdjustment display = m_document->display();
    display.low = low / 255.0;
    display.high = high / 255.0;
    m_document->setDisplay(display);
}

} // namespace guidino::ui
