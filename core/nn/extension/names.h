// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// What a configuration may name: our own first, then those that plug-ins of this process brought
/// (core/nn/extension/extensions.h). Without tensor types, for those who read configurations.
namespace guidino::nn {

[[nodiscard]] std::vector<std::string> guideSourceNames(); ///< guide.source
[[nodiscard]] std::vector<std::string> gateFormNames();    ///< guide.gate_form
[[nodiscard]] std::vector<std::string> lossTermNames();    ///< keys of loss.terms

/// Keys of data.augmentation.operations; all of them come from plug-ins.
[[nodiscard]] std::vector<std::string> augmentationOperationNames();

/// Whether guide.source names a plug-in's source.
[[nodiscard]] bool isExtensionSource(const std::string& source);

} // namespace guidino::nn
