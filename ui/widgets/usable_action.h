// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

class QAction;

namespace guidino::ui {

/// Enables an action, or disables it and says in its tool tip why it cannot be used now; its own
/// tip comes back with its use. An empty reason is none. GUI thread only.
void setUsable(QAction* action, const QString& reasonAgainst);

} // namespace guidino::ui
