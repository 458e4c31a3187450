// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/mixer_panel.h"

#include "ui/model/guide_controller.h"
#include "ui/widgets/heat_map.h"
#include "ui/widgets/mixer_strip.h"
#include "ui/widgets/theme.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QScrollArea>

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kMapPixels = 112; // of a strip's map, for screens of twice the density
/// With fewer directions than this the prototypes say nearly one thing.
constexpr double kFewDirections = 2;

} // namespace

MixerPanel::MixerPanel(GuideController& guide, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_guide(guide)
    , m_theme(theme)
    , m_directions(new QLabel(this))
    , m_order(new QLabel(this))
    , m_pick(new QToolButton(this))
    , m_unpin(new QToolButton(this))
    , m_empty(new QLabel(this))
    , m_list(new QWidget)
    , m_listLayout(new QVBoxLayout(m_list))
    , m_check(new QLabel(this))
    , m_reset(new QPushButton(tr("Reset (R)"), this))
    , m_search(new QPushButton(tr("Find matches in these images"), this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Prototype mixer"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 8);
    layout->setSpacing(6);
    const auto addText = [&](QLabel* label, const char* role) {
        label->setProperty("role", QString::fromLatin1(role));
        label->setWordWrap(true);
        label->setContentsMargins(12, 0, 12, 0);
        layout->addWidget(label);
    };
    auto* what = new QLabel(tr("Share of the guide, by groups of prototypes"), this);
    what->setToolTip(
        tr("What each group adds to the guide (violet) or takes from it (orange). This is how the "
           "guide is made, not a reason for a diagnosis."));
    addText(what, "muted");
    m_directions->setObjectName(QStringLiteral("mixerDirections"));
    addText(m_directions, "small");

    auto* row = new QHBoxLayout;
    row->setContentsMargins(12, 0, 8, 0);
    row->setSpacing(4);
    m_order->setProperty("role", QStringLiteral("small"));
    m_order->setObjectName(QStringLiteral("mixerOrder"));
    m_pick->setText(tr("Pick a place"));
    m_pick->setCheckable(true);
    m_pick->setToolTip(
        tr("Then click into a pane: the groups are ordered by their share at that place"));
    m_pick->setObjectName(QStringLiteral("mixerPick"));
    theme.setIcon(m_unpin, QStringLiteral("cancel"));
    m_unpin->setToolTip(tr("Order by inside and outside again"));
    m_unpin->setAccessibleName(m_unpin->toolTip());
    row->addWidget(m_order, 1);
    row->addWidget(m_unpin);
    row->addWidget(m_pick);
    layout->addLayout(row);

    m_empty->setObjectName(QStringLiteral("mixerEmpty"));
    addText(m_empty, "muted");
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    m_list->setObjectName(QStringLiteral("panelContent"));
    m_listLayout->setContentsMargins(4, 0, 4, 0);
    m_listLayout->setSpacing(0);
    m_listLayout->addStretch(1);
    scroll->setWidget(m_list);
    layout->addWidget(scroll, 1);

    m_check->setObjectName(QStringLiteral("mixerCheck"));
    addText(m_check, "small");
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(12, 0, 12, 0);
    buttons->setSpacing(6);
    m_reset->setObjectName(QStringLiteral("mixerReset"));
    m_search->setObjectName(QStringLiteral("mixerSearch"));
    m_search->setToolTip(
        tr("Lets the model look at up to 64 of the opened images and shows the places that match "
           "each group best"));
    buttons->addWidget(m_reset);
    buttons->addWidget(m_search, 1);
    layout->addLayout(buttons);

    connect(m_pick, &QToolButton::toggled, this, &MixerPanel::pinningChanged);
    connect(m_unpin, &QToolButton::clicked, this, [this] { m_guide.pin(std::nullopt); });
    connect(m_reset, &QPushButton::clicked, &guide, &GuideController::resetMix);
    connect(m_search, &QPushButton::clicked, &guide, &GuideController::searchMatches);
    connect(&guide, &GuideController::mixChanged, this, &MixerPanel::refresh);
    connect(&guide, &GuideController::orderChanged, this, &MixerPanel::refresh);
    connect(&guide, &GuideController::editChanged, this, &MixerPanel::refresh);
    connect(&guide, &GuideController::availabilityChanged, this, &MixerPanel::refresh);
    connect(&guide, &GuideController::effectChanged, this, &MixerPanel::refreshCheck);
    connect(&m_pictures, &MatchPictures::ready, this, &MixerPanel::refresh);
    connect(&theme, &Theme::changed, this, &MixerPanel::refresh);
    refresh();
}

std::vector<MixerStrip*> MixerPanel::strips() const
{
    std::vector<MixerStrip*> shown;
    for (int i = 0; i < m_listLayout->count(); ++i) {
        if (auto* strip = qobject_cast<MixerStrip*>(m_listLayout->itemAt(i)->widget())) {
            shown.push_back(strip);
        }
    }
    return shown;
}

QString MixerPanel::nameOf(int group)
{
    return tr("Group %1").arg(group + 1);
}

bool MixerPanel::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride
        && static_cast<QKeyEvent*>(event)->key() == Qt::Key_R
        && static_cast<QKeyEvent*>(event)->modifiers() == Qt::NoModifier) {
        event->accept(); // R resets here; elsewhere it runs the model
        return true;
    }
    return QWidget::event(event);
}

void MixerPanel::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_R) {
        m_guide.resetMix();
    } else if (event->key() == Qt::Key_Escape && m_pick->isChecked()) {
        m_pick->setChecked(false);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void MixerPanel::showEvent(QShowEvent* /*event*/)
{
    m_guide.setMixerShown(true);
}

void MixerPanel::hideEvent(QHideEvent* /*event*/)
{
    m_guide.setMixerShown(false);
    m_pick->setChecked(false);
}

void MixerPanel::refresh()
{
    const PrototypeMix& mix = m_guide.mix();
    const QString reason = m_guide.reasonUnavailable();
    m_empty->setVisible(mix.isEmpty());
    m_empty->setText(
        !reason.isEmpty()     ? reason
        : m_guide.isWaiting() ? tr("Asking the model for the shares…")
                              : tr("The shares of the prototypes appear here."));
    while (static_cast<int>(m_strips.size()) > mix.count()) {
        delete m_strips.back();
        m_strips.pop_back();
    }
    while (static_cast<int>(m_strips.size()) < mix.count()) {
        auto* strip = new MixerStrip(static_cast<int>(m_strips.size()), m_theme, m_list);
        connect(strip, &MixerStrip::muteToggled, &m_guide, &GuideController::toggleMute);
        connect(strip, &MixerStrip::soloToggled, &m_guide, &GuideController::toggleSolo);
        m_listLayout->insertWidget(m_listLayout->count() - 1, strip);
        m_strips.push_back(strip);
    }
    for (QWidget* widget : std::initializer_list<QWidget*>{
             m_directions, m_order, m_pick, m_check, m_reset, m_search}) {
        widget->setVisible(!mix.isEmpty());
    }
    // A worker that tells no matches cannot look for them either.
    const auto& groups = mix.groups();
    m_search->setVisible(std::any_of(groups.begin(), groups.end(), [](const MixerGroup& group) {
        return !group.matches.empty();
    }));
    m_unpin->setVisible(!mix.isEmpty() && m_guide.pinned().has_value());
    m_reset->setEnabled(mix.isChanged());
    m_reset->setToolTip(
        mix.isChanged() ? tr("All groups are heard again (R)") : tr("All groups are heard."));
    const int left = m_guide.searchesLeft();
    m_search->setEnabled(left == 0 && reason.isEmpty());
    m_search->setText(
        left > 0 ? tr("%n image(s) to search…", nullptr, left)
                 : tr("Find matches in these images"));
    refreshOrder();
    refreshDirections();
    refreshCheck();
}

void MixerPanel::refreshOrder()
{
    const PrototypeMix& mix = m_guide.mix();
    if (mix.isEmpty() || m_guide.document() == nullptr) {
        return;
    }
    const auto pinned = m_guide.pinned();
    const Size size = m_guide.document()->size();
    const double u = pinned ? pinned->x / size.width : 0;
    const double v = pinned ? pinned->y / size.height : 0;
    const std::vector<int> order = pinned ? mix.orderAt(u, v) : mix.orderBy(m_guide.coverage());
    const QString mask = m_guide.isCoverageOfLabel() ? tr("label") : tr("prediction");
    m_order->setText(
        pinned ? tr("By share at %1, %2")
                     .arg(static_cast<int>(pinned->x))
                     .arg(static_cast<int>(pinned->y))
               : tr("By inside and outside of the %1").arg(mask));
    double mapRange = 1e-6;
    double barRange = 1e-6;
    for (int group = 0; group < mix.count(); ++group) {
        const RasterF& map = mix.groups()[static_cast<std::size_t>(group)].map;
        for (const float value : map.pixels()) {
            mapRange = std::max(mapRange, double(std::abs(value)));
        }
        const PrototypeMix::Shares shares = mix.sharesOf(group, m_guide.coverage());
        barRange = std::max({barRange, std::abs(shares.inside), std::abs(shares.outside)});
        if (pinned) {
            barRange = std::max(barRange, std::abs(mix.shareAt(group, u, v)));
        }
    }
    const bool isPainted = m_guide.edit().isChanged();
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const int group = order[rank];
        const MixerGroup& one = mix.groups()[static_cast<std::size_t>(group)];
        MixerStrip::Content content;
        content.map =
            heatMapOf(one.map, mapRange, kMapPixels, double(size.width) / std::max(1, size.height));
        content.name = nameOf(group);
        content.prototypes = static_cast<int>(one.prototypes.size());
        content.shares = mix.sharesOf(group, m_guide.coverage());
        content.range = barRange;
        if (pinned) {
            content.here = mix.shareAt(group, u, v);
        }
        content.isMuted = mix.isMuted(group);
        content.isSolo = mix.isSolo(group);
        content.isHeard = mix.isHeard(group);
        if (mix.isDuplicate(group)) {
            content.duplicateOf = nameOf(one.nearest);
        }
        QStringList names;
        for (const protocol::TokenMatch& match : one.matches) {
            if (const QImage picture = m_pictures.picture(match); !picture.isNull()) {
                content.matches.append(picture);
            }
            names << QFileInfo(QString::fromStdString(match.image)).completeBaseName();
        }
        if (!names.isEmpty()) {
            content.matchesTip = tr("Best matches among the images that the model has seen: %1")
                                     .arg(names.join(QStringLiteral(", ")));
        }
        if (isPainted) {
            content.disabledReason =
                tr("The guide is painted now. Clear that first (Backspace in the what-if brush).");
        }
        MixerStrip* strip = m_strips[static_cast<std::size_t>(group)];
        strip->setContent(content);
        m_listLayout->removeWidget(strip);
        m_listLayout->insertWidget(static_cast<int>(rank), strip);
        strip->show();
    }
}

void MixerPanel::refreshDirections()
{
    const PrototypeMix& mix = m_guide.mix();
    if (mix.isEmpty()) {
        return;
    }
    int prototypes = 0;
    QStringList duplicates;
    for (int group = 0; group < mix.count(); ++group) {
        prototypes +=
            static_cast<int>(mix.groups()[static_cast<std::size_t>(group)].prototypes.size());
        if (mix.isDuplicate(group)) {
            duplicates << QString::number(group + 1);
        }
    }
    QString text = tr("%1 effective directions among %n prototype(s).", nullptr, prototypes)
                       .arg(QLocale().toString(mix.effectiveDirections, 'f', 1));
    const bool isPoor = mix.effectiveDirections < kFewDirections || !duplicates.isEmpty();
    if (!duplicates.isEmpty()) {
        text += QLatin1Char(' ')
                + tr("Near-duplicates: groups %1. Muting one of them changes little, since the "
                     "others say the same.")
                      .arg(duplicates.join(QStringLiteral(", ")));
    } else if (isPoor) {
        text += QLatin1Char(' ') + tr("The prototypes have learnt nearly one direction.");
    }
    m_directions->setText(text);
    QPalette colors = palette();
    colors.setColor(
        QPalette::WindowText,
        m_theme.color(isPoor ? QStringLiteral("unsure") : QStringLiteral("muted")));
    m_directions->setPalette(colors);
    m_directions->setStyleSheet(
        isPoor ? QStringLiteral("color: %1").arg(m_theme.color(QStringLiteral("unsure")).name())
               : QString());
}

void MixerPanel::refreshCheck()
{
    const PrototypeMix& mix = m_guide.mix();
    if (mix.isEmpty()) {
        return;
    }
    const QLocale locale;
    QString text;
    QString color;
    if (m_guide.edit().isChanged()) {
        text = tr("The guide is painted: the shares are of the model's own.");
    } else if (const PrototypeMix::Check check = m_guide.check(); check.isComparable) {
        const QString percent = locale.toString(check.percent, 'f', 3);
        if (mix.isExact) {
            text = tr("Sum of shown shares = %1 % of the guide (largest error %2)")
                       .arg(percent, locale.toString(check.largestError, 'e', 0));
            constexpr double kExact = 1e-5;
            color = check.largestError <= kExact ? QStringLiteral("accepted")
                                                 : QStringLiteral("rejected");
        } else {
            text = tr("Sum of shown shares ≈ %1 % of the guide. Approximate: this model does not "
                      "add its prototypes up.")
                       .arg(percent);
            color = QStringLiteral("unsure");
        }
    } else {
        text = tr("Waiting for the guide of this choice…");
    }
    m_check->setText(text);
    m_check->setStyleSheet(
        color.isEmpty() ? QString() : QStringLiteral("color: %1").arg(m_theme.color(color).name()));
}

} // namespace guidino::ui
