// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/preprocess.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace guidino::nn {

namespace {

using torch::indexing::Slice;

torch::Tensor part(const torch::Tensor& tensor, const Rect& rect)
{
    const auto rank = tensor.dim();
    return tensor.narrow(rank - 2, rect.y, rect.height).narrow(rank - 1, rect.x, rect.width);
}

bool covers(const Rect& rect, Size size)
{
    return rect == Rect{0, 0, size.width, size.height};
}

/// Puts `content` at `rect` into a tensor of `size` that is filled with `outside`.
torch::Tensor placed(const torch::Tensor& content, const Rect& rect, Size size, double outside)
{
    if (covers(rect, size)) {
        return content;
    }
    auto shape = content.sizes().vec();
    shape[shape.size() - 2] = size.height;
    shape[shape.size() - 1] = size.width;
    torch::Tensor canvas = torch::full(shape, outside, content.options());
    part(canvas, rect).copy_(content);
    return canvas;
}

torch::Tensor nearest(const torch::Tensor& mask, int height, int width)
{
    if (mask.size(-2) == height && mask.size(-1) == width) {
        return mask;
    }
    // nearest-exact samples at pixel centres; PyTorch's older `nearest` is half a pixel off.
    return at::_upsample_nearest_exact2d(mask.unsqueeze(1), {height, width}).squeeze(1);
}

void checkSize(const torch::Tensor& tensor, Size size, const char* what)
{
    TORCH_CHECK(
        tensor.size(-2) == size.height && tensor.size(-1) == size.width,
        what,
        " of ",
        tensor.sizes(),
        " does not fit a plan for ",
        size.width,
        " x ",
        size.height);
}

} // namespace

ResizePlan makeResizePlan(
    Size source, Size target, const std::string& mode, const std::optional<Rect>& content)
{
    TORCH_CHECK(!source.isEmpty() && !target.isEmpty(), "cannot resize an empty image");
    const Result<ResizeMode> named = resizeModeNamed(mode);
    TORCH_CHECK(named, "unknown resize mode '", mode, "': squash, letterbox or crop");
    return guidino::makeResizePlan(source, target, *named, content);
}

torch::Tensor resizeImage(const ResizePlan& plan, const torch::Tensor& image)
{
    TORCH_CHECK(image.dim() == 4, "an image batch is [B, C, H, W], not ", image.sizes());
    checkSize(image, plan.source, "image");
    torch::Tensor content = part(image, plan.sourceRect);
    const Rect& to = plan.targetRect;
    if (content.size(2) != to.height || content.size(3) != to.width) {
        // A crop of a channels-last image is strided; the fast uint8 kernel wants it dense.
        content = content.contiguous(torch::MemoryFormat::ChannelsLast);
        content = at::_upsample_bilinear2d_aa(content, {to.height, to.width}, false);
    }
    return placed(content, to, plan.target, 0);
}

torch::Tensor resizeMask(const ResizePlan& plan, const torch::Tensor& mask, std::uint8_t outside)
{
    TORCH_CHECK(mask.dim() == 3, "a mask batch is [B, H, W], not ", mask.sizes());
    checkSize(mask, plan.source, "mask");
    const Rect& to = plan.targetRect;
    const torch::Tensor content = nearest(part(mask, plan.sourceRect), to.height, to.width);
    return placed(content, to, plan.target, outside);
}

torch::Tensor undoMask(const ResizePlan& plan, const torch::Tensor& mask)
{
    TORCH_CHECK(mask.dim() == 3, "a mask batch is [B, H, W], not ", mask.sizes());
    checkSize(mask, plan.target, "mask");
    const Rect& to = plan.sourceRect;
    const torch::Tensor content = nearest(part(mask, plan.targetRect), to.height, to.width);
    return placed(content, to, plan.source, 0);
}

torch::Tensor undoMap(const ResizePlan& plan, const torch::Tensor& map, double outside)
{
    TORCH_CHECK(map.dim() == 4, "a batch of maps is [B, C, h, w], not ", map.sizes());
    torch::Tensor content = map;
    if (!covers(plan.targetRect, plan.target)) {
        checkSize(map, plan.target, "map");
        content = part(map, plan.targetRect);
    }
    const Rect& to = plan.sourceRect;
    if (content.size(2) != to.height || content.size(3) != to.width) {
        content = at::upsample_bilinear2d(content.contiguous(), {to.height, to.width}, false);
    }
    return placed(content, to, plan.source, outside);
}

torch::Tensor unitImage(const torch::Tensor& image)
{
    TORCH_CHECK(image.dim() == 4, "an image batch has four dimensions, not ", image.sizes());
    TORCH_CHECK(image.scalar_type() == torch::kUInt8, "image bytes are expected");
    const torch::Tensor channelsFirst =
        image.size(3) == 3 && image.size(1) != 3 ? image.permute({0, 3, 1, 2}) : image;
    return channelsFirst
        .to(image.device(), torch::kFloat32, false, false, torch::MemoryFormat::ChannelsLast)
        .mul_(1.0 / 255.0);
}

torch::Tensor normalise(const PreprocessingConfig& config, const torch::Tensor& image)
{
    TORCH_CHECK(
        image.dim() == 4 && image.size(1) == 3,
        "an image batch is [B, 3, H, W], not ",
        image.sizes());
    TORCH_CHECK(
        config.channel_order == "rgb" || config.channel_order == "bgr",
        "unknown channel order '",
        config.channel_order,
        "': rgb or bgr");
    if (config.channel_order == "bgr") {
        PreprocessingConfig ordered = config;
        ordered.channel_order = "rgb";
        // Dense again: a flipped view of a channels-last image is not.
        return normalise(ordered, image.flip({1}).contiguous(image.suggest_memory_format()));
    }
    if (config.normalisation == "none") {
        return image;
    }
    if (config.normalisation == "zscore") {
        const torch::Tensor mean = image.mean({2, 3}, true);
        const torch::Tensor centred = image - mean;
        const torch::Tensor deviation = centred.square().mean({2, 3}, true).sqrt_();
        return centred.div(deviation.add_(1e-8));
    }
    TORCH_CHECK(
        config.normalisation != "nnunet",
        "images of an nnU-Net plan are normalised before they are cut "
        "(preprocessing.normalisation = nnunet)");
    const bool isCustom = config.normalisation == "custom";
    TORCH_CHECK(
        isCustom || config.normalisation == "imagenet",
        "unknown normalisation '",
        config.normalisation,
        "': imagenet, zscore, custom or none");
    const PreprocessingConfig imagenet;
    const auto& means = isCustom ? config.mean : imagenet.mean;
    const auto& deviations = isCustom ? config.std : imagenet.std;
    const auto row = [&image](const std::array<double, 3>& values) {
        return torch::tensor({values[0], values[1], values[2]}, torch::kFloat64)
            .to(image.options())
            .view({1, 3, 1, 1});
    };
    return (image - row(means)).div_(row(deviations));
}

} // namespace guidino::nn
