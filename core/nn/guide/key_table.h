// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace guidino::nn {

struct Architecture;

/// The one table between key names of foreign checkpoints and ours. A segmenter's state dict has
/// `network.*` (names of GuiDINO's code: inc.block.0, wnet's encoder1_l1_local ...), `guide.*`
/// (tokenbook.*, tokenbooks.i.*, guide_backbone.*) and, for source `self` with an input gate,
/// `first_pass.*` (batch-norm statistics of the ungated pass).
///
/// Knows: our own names; GuiDINO's modules (bare, `wnet.`, Lightning's `model.model.`, `module.`);
/// milesial's UNet (`double_conv`, `maxpool_conv`); nnWNet's official `BasicBlock`; `mask_values`
/// and Lightning's loss buffers, which are dropped. Does not rename the guide backbone's own keys:
/// those are `guide.guide_backbone.` + what stood behind `guide_backbone.` or `backbone.`. What
/// only one network's checkpoints need is that network's Architecture::own_key.
///
/// Returns our name, or nothing for a key that holds no weight of ours.
[[nodiscard]] std::optional<std::string>
segmenterKey(const std::string& foreign, const Architecture* architecture = nullptr);

/// Whether a parameter or buffer of a segmenter belongs to the guide backbone, whose weights never
/// go into a bundle (`guide.guide_backbone.`).
[[nodiscard]] bool isGuideBackboneKey(const std::string& key);

/// Whether a parameter of a segmenter belongs to a TokenBook.
[[nodiscard]] bool isTokenBookKey(const std::string& key);

} // namespace guidino::nn
