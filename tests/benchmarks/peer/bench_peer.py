# SPDX-License-Identifier: Apache-2.0
"""Times the peers of tests/benchmarks/run: one JSON line {"work", "ms", "cpu_ms"} per work named on the command line.

PyTorch eager with the PyPI package transformers for DINOv3, plain networks (networks.py) for the systems, MedPy for HD95,
batchgeneratorsv2 for augmentation. Inputs are random with a fixed seed; each figure is the median after warm-up."""
import json
import statistics
import sys
import time


def median_ms(call, repeats, warm_up=2):
    """Of one call: time that passed, and time that the processors worked for this program."""
    for _ in range(warm_up):
        call()
    times, processor = [], []
    for _ in range(repeats):
        start, processor_start = time.perf_counter(), time.process_time()
        call()
        processor.append((time.process_time() - processor_start) * 1000)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), statistics.median(processor)


def vit_small():
    from transformers import DINOv3ViTConfig, DINOv3ViTModel
    return DINOv3ViTModel(DINOv3ViTConfig(
        hidden_size=384, intermediate_size=1536, num_hidden_layers=12, num_attention_heads=6, num_register_tokens=4,
        image_size=256, pos_embed_rescale=None)).eval()


def bench_network(work, repeats):
    import torch
    from networks import Guided, loss_of
    torch.manual_seed(0)
    kind, mode = work.rsplit(":", 1)
    predict = mode == "predict"
    image = torch.randn(1 if predict else 4, 3, 256, 256)
    target = (torch.rand(4, 1, 256, 256) > 0.7).float()
    vit = vit_small()
    if kind == "dinov3-s":
        optimizer = torch.optim.AdamW(vit.parameters(), lr=1e-4)

        def step():
            if predict:
                with torch.inference_mode():
                    vit(image)
            else:
                vit.train()
                optimizer.zero_grad()
                vit(image).last_hidden_state.square().mean().backward()
                optimizer.step()
        return median_ms(step, repeats)
    model = Guided(kind, vit)
    if predict:
        model.eval()

        def run():
            with torch.inference_mode():
                logits, _ = model(image)
                torch.sigmoid(logits[0]) > 0.5
        return median_ms(run, repeats)
    model.train()
    model.vit.eval()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)

    def train():
        optimizer.zero_grad()
        logits, guide = model(image)
        loss_of(logits, guide, target).backward()
        optimizer.step()
    return median_ms(train, repeats)


def bench_hd95(files, repeats):
    import numpy
    from medpy.metric.binary import hd95
    from PIL import Image

    def run():
        a, b = (numpy.asarray(Image.open(f)) > 127 for f in files)
        return hd95(a, b)
    return median_ms(run, repeats, 1)


def bench_augment(repeats):
    """The transforms of nnU-Net's 2D trainer for a 256 patch, one image after another as its workers do."""
    import numpy
    import torch
    from batchgeneratorsv2.helpers.scalar_type import RandomScalar  # noqa: F401
    from batchgeneratorsv2.transforms.intensity.brightness import MultiplicativeBrightnessTransform
    from batchgeneratorsv2.transforms.intensity.contrast import BGContrast, ContrastTransform
    from batchgeneratorsv2.transforms.intensity.gamma import GammaTransform
    from batchgeneratorsv2.transforms.intensity.gaussian_noise import GaussianNoiseTransform
    from batchgeneratorsv2.transforms.noise.gaussian_blur import GaussianBlurTransform
    from batchgeneratorsv2.transforms.spatial.low_resolution import SimulateLowResolutionTransform
    from batchgeneratorsv2.transforms.spatial.mirroring import MirrorTransform
    from batchgeneratorsv2.transforms.spatial.spatial import SpatialTransform
    from batchgeneratorsv2.transforms.utils.compose import ComposeTransforms
    from batchgeneratorsv2.transforms.utils.random import RandomTransform
    transforms = ComposeTransforms([
        SpatialTransform((256, 256), patch_center_dist_from_border=0, random_crop=False, p_elastic_deform=0,
                         p_rotation=0.2, rotation=(-numpy.pi, numpy.pi), p_scaling=0.2, scaling=(0.7, 1.4),
                         p_synchronize_scaling_across_axes=1, bg_style_seg_sampling=False),
        RandomTransform(GaussianNoiseTransform(noise_variance=(0, 0.1), p_per_channel=1, synchronize_channels=True), 0.1),
        RandomTransform(GaussianBlurTransform(blur_sigma=(0.5, 1.0), synchronize_channels=False,
                                              synchronize_axes=False, p_per_channel=0.5, benchmark=False), 0.2),
        RandomTransform(MultiplicativeBrightnessTransform(multiplier_range=BGContrast((0.75, 1.25)),
                                                          synchronize_channels=False, p_per_channel=1), 0.15),
        RandomTransform(ContrastTransform(contrast_range=BGContrast((0.75, 1.25)), preserve_range=True,
                                          synchronize_channels=False, p_per_channel=1), 0.15),
        RandomTransform(SimulateLowResolutionTransform(scale=(0.5, 1), synchronize_channels=False,
                                                       synchronize_axes=True, ignore_axes=None,
                                                       allowed_channels=None, p_per_channel=0.5), 0.25),
        RandomTransform(GammaTransform(gamma=BGContrast((0.7, 1.5)), p_invert_image=1, synchronize_channels=False,
                                       p_per_channel=1, p_retain_stats=1), 0.1),
        RandomTransform(GammaTransform(gamma=BGContrast((0.7, 1.5)), p_invert_image=0, synchronize_channels=False,
                                       p_per_channel=1, p_retain_stats=1), 0.3),
        MirrorTransform(allowed_axes=(0, 1)),
    ])
    torch.manual_seed(0)
    numpy.random.seed(0)
    image = torch.randn(3, 301, 301)
    mask = (torch.rand(1, 301, 301) > 0.7).to(torch.int16)
    count = 64

    def run():
        for _ in range(count):
            transforms(image=image.clone(), segmentation=mask.clone())
    return tuple(ms / count for ms in median_ms(run, max(3, repeats // 3), 1))


def main():
    repeats = int(sys.argv[1])
    for work in sys.argv[2:]:
        if work.startswith("hd95:"):
            ms = bench_hd95(work.split(":", 2)[1:], repeats)
            work = "hd95"
        elif work == "augment":
            ms = bench_augment(repeats)
        else:
            ms = bench_network(work, repeats)
        print(json.dumps({"work": work, "ms": ms[0], "cpu_ms": ms[1]}), flush=True)


if __name__ == "__main__":
    main()
