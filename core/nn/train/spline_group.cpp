// SPDX-License-Identifier: Apache-2.0
#include "core/nn/train/spline_group.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::nn {

void separateSplineLayers(std::vector<ParameterGroup>& groups, double rate)
{
    const auto head = std::find_if(groups.begin(), groups.end(), [](const ParameterGroup& group) {
        return group.name == "head";
    });
    if (rate <= 0 || head == groups.end()) {
        return;
    }
    ParameterGroup rest = {"head", head->base_learning_rate, {}, {}};
    ParameterGroup splines = {"kan", rate, {}, {}};
    for (std::size_t i = 0; i < head->names.size(); ++i) {
        const bool isSpline = head->names[i].find(".layer.fc") != std::string::npos;
        ParameterGroup& group = isSpline ? splines : rest;
        group.names.push_back(head->names[i]);
        group.parameters.push_back(head->parameters[i]);
    }
    if (splines.names.empty()) {
        return;
    }
    if (rest.names.empty()) {
        *head = std::move(splines);
        return;
    }
    *head = std::move(rest);
    groups.insert(head + 1, std::move(splines));
}

} // namespace guidino::nn
