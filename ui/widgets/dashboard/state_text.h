// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/job_state.h"

#include <QString>

namespace guidino::ui {

/// A state in a word, translated.
[[nodiscard]] QString stateText(jobs::JobState state);

/// The same with its shape before it: "● running". Colour never tells alone.
[[nodiscard]] QString stateWithShape(jobs::JobState state);

/// What one can do about an end, translated; empty where nothing.
[[nodiscard]] QString adviceText(const jobs::JobEnd& end);

} // namespace guidino::ui
