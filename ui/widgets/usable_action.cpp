// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/usable_action.h"

#include "ui/model/key_map.h"

#include <QAction>
#include <QCoreApplication>
#include <QVariant>

namespace guidino::ui {

namespace {

/// Where an action keeps its own tool tip while it says why it cannot be used.
constexpr const char* kTipProperty = "guidinoTip";

} // namespace

void setUsable(QAction* action, const QString& reasonAgainst)
{
    const QVariant own = action->property(kTipProperty);
    if (reasonAgainst.isEmpty()) {
        if (own.isValid()) {
            action->setToolTip(own.toString());
            action->setProperty(kTipProperty, QVariant());
        }
    } else {
        if (!own.isValid()) {
            action->setProperty(kTipProperty, action->toolTip());
        }
        action->setToolTip(QCoreApplication::translate("guidino::ui::ToolActions", "%1: %2")
                               .arg(KeyMap::nameOf(*action), reasonAgainst));
    }
    action->setEnabled(reasonAgainst.isEmpty());
}

} // namespace guidino::ui
