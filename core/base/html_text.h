// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace guidino {

/// Text as it stands in HTML and SVG, in attributes as well: &, <, >, " and ' are replaced. All
/// other bytes stay, so UTF-8 stays UTF-8.
[[nodiscard]] std::string htmlEscaped(std::string_view text);

} // namespace guidino
