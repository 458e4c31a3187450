// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace guidino::ui {

class KeyMap;

/// Every command that has keys, with them, as a page of the manual: a Markdown table for each place
/// where keys hold.
[[nodiscard]] QString keysAsMarkdown(const KeyMap& keys);

} // namespace guidino::ui
