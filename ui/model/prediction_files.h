// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/protocol/messages.h"
#include "ui/model/prediction.h"

#include <QString>

#include <filesystem>
#include <memory>

/// The files of a worker's answer, read. The worker keeps them until its second next answer of the
/// stream: read them when the message comes. Any thread.
namespace guidino::ui {

/// Which model answered: its bundle and what to call it.
struct ModelName
{
    QString name;
    QString bundle;
    QString sha256; ///< empty: not known, the name stands for it
};

/// `size` of the image. BadInput where the labels are of another size
/// or a file is damaged.
[[nodiscard]] Result<std::shared_ptr<const Prediction>>
readPrediction(const protocol::Prediction& answer, Size size, const ModelName& model);

/// NPY float32 [h, w] or [G, h, w] as [h, w, G]; sides up to 4096. BadInput.
[[nodiscard]] Result<RasterF> readTokenMap(const std::filesystem::path& file);

} // namespace guidino::ui
