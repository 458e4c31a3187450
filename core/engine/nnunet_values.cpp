// SPDX-License-Identifier: Apache-2.0
#include "core/engine/nnunet_values.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::engine {

torch::Tensor valuesOf(const datasets::NnunetChannels& read)
{
    torch::Tensor values = torch::empty(
        {static_cast<std::int64_t>(read.channels.size()), read.size.height, read.size.width});
    for (std::size_t c = 0; c < read.channels.size(); ++c) {
        std::copy(
            read.channels[c].begin(),
            read.channels[c].end(),
            values[static_cast<std::int64_t>(c)].data_ptr<float>());
    }
    return values;
}

} // namespace guidino::engine
