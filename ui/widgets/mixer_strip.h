// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/prototype_mix.h"

#include <QImage>
#include <QList>
#include <QToolButton>
#include <QWidget>

#include <optional>

namespace guidino::ui {

class Theme;

/// One group of prototypes in the mixer: its map, its shares inside and outside the mask as bars
/// from a common middle, what matches it best, and mute and solo. Keys with the focus: M, S,
/// Ctrl+S; the panel has the rest.
class MixerStrip : public QWidget
{
    Q_OBJECT

public:
    MixerStrip(int group, Theme& theme, QWidget* parent);

    /// What is shown of the group.
    struct Content
    {
        QImage map;
        QString name; ///< such as "Group 3"
        int prototypes = 0;
        PrototypeMix::Shares shares;
        std::optional<double> here; ///< share at the pinned place
        double range = 0.1;         ///< of the bars
        bool isMuted = false;
        bool isSolo = false;
        bool isHeard = true;
        QString duplicateOf; ///< name of a group that says nearly the same; empty: none
        QList<QImage> matches;
        QString matchesTip;
        QString disabledReason; ///< why mute and solo cannot be used now
    };

    void setContent(const Content& content);

    [[nodiscard]] int group() const { return m_group; }

    [[nodiscard]] const Content& content() const { return m_content; }

    [[nodiscard]] QSize sizeHint() const override { return {232, 82}; }

Q_SIGNALS:
    void muteToggled(int group);
    void soloToggled(int group, bool adds);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void paintBar(QPainter& painter, const QRectF& row, const QString& label, double value) const;
    [[nodiscard]] static QString signedText(double value);

    int m_group;
    Theme& m_theme;
    Content m_content;
    QToolButton* m_mute;
    QToolButton* m_solo;
};

} // namespace guidino::ui
