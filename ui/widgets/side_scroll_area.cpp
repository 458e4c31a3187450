// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/side_scroll_area.h"

#include <QEvent>
#include <QScrollBar>

#include <algorithm>

namespace guidino::ui {

SideScrollArea::SideScrollArea(QWidget* content, int leastWidth, QWidget* parent)
    : QScrollArea(parent)
    , m_leastWidth(leastWidth)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setWidget(content);
    content->installEventFilter(this);
    fitWidth();
}

bool SideScrollArea::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == widget()
        && (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Show)) {
        fitWidth();
    }
    return QScrollArea::eventFilter(watched, event);
}

void SideScrollArea::fitWidth()
{
    const int content =
        std::max({m_leastWidth, widget()->minimumWidth(), widget()->minimumSizeHint().width()});
    setMinimumWidth(content + verticalScrollBar()->sizeHint().width());
}

} // namespace guidino::ui
