// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/editing/label_edit.h"

#include <cstdint>

/// Corrections of all of a class at once. Each changes pixels of the class and of the background
/// only: other classes are never grown over, whatever the edit's rules allow; these hold besides.
/// The border of the image is no edge of an object: nothing shrinks away from it.
namespace guidino::editing {

/// Background that the class encloses becomes the class; holes of more than `maxArea` pixels stay
/// (negative: any size is filled). Other classes inside a hole stay.
void fillHoles(LabelEdit& edit, std::uint8_t value, std::int64_t maxArea = -1);

/// The same for the connected object under `seed` alone; nothing where that is background.
void fillHolesAt(LabelEdit& edit, Point seed);

/// All but the largest part (8 neighbours) of the class becomes background.
void keepLargest(LabelEdit& edit, std::uint8_t value);

/// Parts of fewer than `minArea` pixels become background.
void removeSmall(LabelEdit& edit, std::uint8_t value, std::int64_t minArea);

/// By a disc of that radius in pixels.
void grow(LabelEdit& edit, std::uint8_t value, int radiusPx);
void shrink(LabelEdit& edit, std::uint8_t value, int radiusPx);

/// Evens the outline: a pixel belongs to the class where a Gaussian of `sigmaPx` around it sees
/// more of the class than not. Straight edges stay where they are.
void smooth(LabelEdit& edit, std::uint8_t value, double sigmaPx);

/// Parts the connected object under `seed` where it is narrowest between its two thickest places,
/// by a line of background of one to two pixels (a watershed of the distance to its rim). Returns
/// whether the object had a waist: one of at most 0.8 of the smaller place's thickness.
bool split(LabelEdit& edit, Point seed);

} // namespace guidino::editing
