// SPDX-License-Identifier: Apache-2.0
#include "ui/model/compared_case.h"

#include "core/project/project_store.h"
#include "ui/model/label_files.h"
#include "ui/model/prediction_files.h"

#include <utility>

namespace guidino::ui {

Result<std::shared_ptr<const ComparedCase>> readComparedCase(const ComparedFiles& files)
{
    auto store = project::ProjectStore::openReader(files.project, files.database);
    if (!store) {
        return std::move(store).error();
    }
    auto reference = (*store)->revisionLabels(files.reference);
    if (!reference) {
        return std::move(reference).error();
    }
    auto found = std::make_shared<ComparedCase>();
    found->image = files.image;
    found->reference = std::move(reference).value();
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
        if (auto labels = readLabelFile(files.masks[side], found->reference.size())) {
            found->labels[side] = std::move(labels).value();
        }
        if (auto guide = readTokenMap(files.guides[side]); guide && !guide->isEmpty()) {
            found->guides[side] = std::make_shared<const GuideMap>(std::move(guide).value());
        }
    }
    return std::shared_ptr<const ComparedCase>(std::move(found));
}

} // namespace guidino::ui
