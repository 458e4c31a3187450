// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/filmstrip.h"

#include "ui/model/chart_series.h"
#include "ui/model/run_previews.h"
#include "ui/widgets/dashboard/film_cell.h"
#include "ui/widgets/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>

namespace guidino::ui {

namespace {

constexpr int kFrameMs = 350;
constexpr int kColumns = 2;

} // namespace

Filmstrip::Filmstrip(Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_store(new RunPreviewStore(this))
    , m_empty(new QLabel(
          tr("Here the pinned cases form, epoch by epoch: prediction and reference outlined on the "
             "image, and the guide. The first pictures come with the first validation."),
          this))
    , m_scroll(new QScrollArea(this))
    , m_body(new QWidget(m_scroll))
    , m_grid(new QGridLayout)
    , m_large(new FilmCell(theme, m_body))
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_label(new QLabel(this))
    , m_player(new QToolButton(this))
    , m_pin(new QPushButton(tr("Pin other cases…"), this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Pinned cases by epoch"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setProperty("role", QStringLiteral("muted"));
    m_empty->setContentsMargins(24, 24, 24, 24);
    m_large->setLarge(true);
    m_slider->setObjectName(QStringLiteral("filmSlider"));
    m_slider->setAccessibleName(tr("Epoch"));
    m_slider->setToolTip(tr("Epoch of the pictures: left and right, Home and End, space plays"));
    m_slider->setPageStep(5);
    m_label->setProperty("role", QStringLiteral("strong"));
    m_player->setObjectName(QStringLiteral("filmPlay"));
    m_player->setText(tr("Play"));
    m_player->setCheckable(true);
    m_player->setProperty("chip", true);
    m_pin->setObjectName(QStringLiteral("filmPin"));
    m_pin->setToolTip(tr("Other validation images, from the next validation on"));
    m_frames.setInterval(kFrameMs);

    auto* heading = new QLabel(tr("Pinned cases"), this);
    heading->setProperty("role", QStringLiteral("heading"));
    auto* top = new QHBoxLayout;
    top->setContentsMargins(12, 8, 12, 4);
    top->addWidget(heading);
    top->addStretch(1);
    top->addWidget(m_pin);
    auto* legend = new QLabel(
        tr("Thin white line: reference. Line in the class's colour: prediction. Right: guide."),
        this);
    legend->setProperty("role", QStringLiteral("small"));
    legend->setWordWrap(true);
    legend->setContentsMargins(3, 0, 3, 0);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(4);
    auto* body = new QVBoxLayout(m_body);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(6);
    body->addLayout(m_grid);
    body->addWidget(m_large);
    body->addWidget(legend);
    body->addStretch(1);
    m_scroll->setWidget(m_body);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_body->setObjectName(QStringLiteral("panelContent"));
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(12, 4, 12, 10);
    foot->setSpacing(8);
    foot->addWidget(m_player);
    foot->addWidget(m_slider, 1);
    foot->addWidget(m_label);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(m_empty, 1);
    auto* middle = new QHBoxLayout;
    middle->setContentsMargins(9, 0, 9, 0);
    middle->addWidget(m_scroll);
    column->addLayout(middle, 1);
    column->addLayout(foot);

    connect(m_slider, &QSlider::valueChanged, this, &Filmstrip::showFrame);
    connect(m_store, &RunPreviewStore::ready, this, &Filmstrip::refresh);
    connect(m_store, &RunPreviewStore::changed, this, &Filmstrip::rebuildCells);
    connect(m_player, &QToolButton::toggled, this, &Filmstrip::play);
    connect(m_pin, &QPushButton::clicked, this, &Filmstrip::pinWanted);
    connect(&m_frames, &QTimer::timeout, this, [this] {
        if (m_slider->value() >= m_slider->maximum()) {
            m_player->setChecked(false);
        } else if (isComplete()) { // a slow disk slows the film, it drops nothing
            m_slider->setValue(m_slider->value() + 1);
        }
    });
    connect(&theme, &Theme::changed, this, [this] { update(); });
    rebuildCells();
}

void Filmstrip::open(const std::filesystem::path& runFolder)
{
    m_player->setChecked(false);
    m_chosen = 0;
    m_store->open(runFolder);
}

void Filmstrip::follow(const QList<RunPreviews>& previews, int epochs)
{
    m_epochs = epochs;
    m_store->follow(previews);
}

std::optional<std::int64_t> Filmstrip::epoch() const
{
    const auto& epochs = m_store->epochs();
    const auto at = static_cast<std::size_t>(m_slider->value());
    return at < epochs.size() ? std::optional<std::int64_t>(epochs[at]) : std::nullopt;
}

void Filmstrip::showEpoch(std::int64_t epoch)
{
    const auto& epochs = m_store->epochs();
    const auto after = std::upper_bound(epochs.begin(), epochs.end(), epoch);
    m_slider->setValue(static_cast<int>(std::max<std::ptrdiff_t>(0, after - epochs.begin() - 1)));
}

bool Filmstrip::isComplete() const
{
    const auto now = epoch();
    if (!now) {
        return false;
    }
    return std::all_of(m_store->cases().begin(), m_store->cases().end(), [&](const auto& one) {
        return !RunPreviewStore::shownEpoch(one, *now) || !m_store->picture(one, *now).isNull();
    });
}

void Filmstrip::rebuildCells()
{
    const auto& cases = m_store->cases();
    const bool isEmpty = cases.isEmpty();
    while (m_cells.size() > cases.size()) {
        delete m_cells.takeLast();
    }
    while (m_cells.size() < cases.size()) {
        auto* cell = new FilmCell(m_theme, m_body);
        const int index = static_cast<int>(m_cells.size());
        connect(cell, &FilmCell::chosen, this, [this, index] {
            m_chosen = index;
            setFocus();
            refresh();
        });
        m_grid->addWidget(cell, index / kColumns, index % kColumns);
        m_cells.append(cell);
    }
    m_empty->setVisible(isEmpty);
    m_scroll->setVisible(!isEmpty);
    for (QWidget* one : std::initializer_list<QWidget*>{m_slider, m_player, m_label}) {
        one->setVisible(!isEmpty);
    }
    const int last = std::max(0, static_cast<int>(m_store->epochs().size()) - 1);
    const bool isAtEnd = m_slider->value() >= m_slider->maximum();
    m_slider->setRange(0, last);
    if (isAtEnd && !m_frames.isActive()) {
        m_slider->setValue(last);
    }
    refresh();
}

void Filmstrip::showFrame(int)
{
    refresh();
    if (const auto now = epoch()) {
        Q_EMIT epochChanged(*now);
    }
}

void Filmstrip::refresh()
{
    const auto now = epoch();
    if (!now) {
        return;
    }
    const auto& cases = m_store->cases();
    m_label->setText(
        m_epochs > 0 ? tr("Epoch %1 of %2").arg(*now).arg(m_epochs) : tr("Epoch %1").arg(*now));
    for (qsizetype i = 0; i < m_cells.size() && i < cases.size(); ++i) {
        const RunPreviews& one = cases[i];
        const auto shown = RunPreviewStore::shownEpoch(one, *now);
        QString measured;
        QString large;
        if (shown) {
            if (const auto score = m_store->score(one.image, *shown)) {
                measured = score->dsc ? tr("DSC %1").arg(figureText(*score->dsc)) : QString();
                QStringList parts;
                if (score->dsc) {
                    parts.append(measured);
                }
                if (score->iou) {
                    parts.append(tr("IoU %1").arg(figureText(*score->iou)));
                }
                if (score->hd95) {
                    parts.append(tr("HD95 %1 px").arg(figureText(*score->hd95)));
                }
                large = parts.join(QStringLiteral(" · "));
            }
        }
        const QImage picture = m_store->picture(one, *now);
        const QString note = shown ? QString() : tr("Pinned later: no picture of this epoch.");
        m_cells[i]->setContent(one.image, picture, measured, note);
        m_cells[i]->setChosen(i == m_chosen);
        if (i == m_chosen) {
            m_large->setContent(one.image, picture, large, note);
        }
    }
}

void Filmstrip::play(bool isPlaying)
{
    m_player->setText(isPlaying ? tr("Stop") : tr("Play"));
    if (!isPlaying) {
        m_frames.stop();
        return;
    }
    if (m_slider->value() >= m_slider->maximum()) {
        m_slider->setValue(0);
    }
    m_frames.start();
}

void Filmstrip::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        m_slider->setValue(m_slider->value() - 1);
        break;
    case Qt::Key_Right:
        m_slider->setValue(m_slider->value() + 1);
        break;
    case Qt::Key_PageUp:
        m_slider->setValue(m_slider->value() - m_slider->pageStep());
        break;
    case Qt::Key_PageDown:
        m_slider->setValue(m_slider->value() + m_slider->pageStep());
        break;
    case Qt::Key_Home:
        m_slider->setValue(0);
        break;
    case Qt::Key_End:
        m_slider->setValue(m_slider->maximum());
        break;
    case Qt::Key_Space:
        m_player->toggle();
        break;
    case Qt::Key_Up:
    case Qt::Key_Down:
        m_chosen = std::clamp(
            m_chosen + (event->key() == Qt::Key_Up ? -1 : 1),
            0,
            std::max(0, static_cast<int>(m_cells.size()) - 1));
        refresh();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace guidino::ui
