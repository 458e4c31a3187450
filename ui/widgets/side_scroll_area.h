// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QScrollArea>

namespace guidino::ui {

/// For panels at the side of the window: scrolls up and down rather than to make the window higher
/// than a small screen, and is always as wide as its content must be, also where the content grows
/// while it is shown: nothing is cut off at its side.
class SideScrollArea : public QScrollArea
{
    Q_OBJECT

public:
    /// @param leastWidth in pixels, for content that paints itself and states no width
    SideScrollArea(QWidget* content, int leastWidth, QWidget* parent = nullptr);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fitWidth();

    int m_leastWidth;
};

} // namespace guidino::ui
