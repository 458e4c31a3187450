# SPDX-License-Identifier: Apache-2.0
"""The Python side of tst_python_exchange.

    python_exchange.py make FOLDER        what Python writes and the engine reads
    python_exchange.py check FOLDER       reads what the engine wrote; prints [{case, difference}] on stdout

`check` reads FOLDER/cases.json: [{"case", "kind", ...}] with file names relative to FOLDER. Tensors travel as safetensors.
"""
import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from safetensors.torch import load_file, save_file

torch.manual_seed(5)
torch.set_num_threads(1)


def vit(family):
    """A small ViT whose every parameter matters."""
    if family == "dinov3":
        from transformers import DINOv3ViTConfig, DINOv3ViTModel

        model = DINOv3ViTModel(DINOv3ViTConfig(
            hidden_size=128, intermediate_size=512, num_hidden_layers=2, num_attention_heads=2, num_register_tokens=4, key_bias=False))
    else:
        from transformers import Dinov2Config, Dinov2Model

        model = Dinov2Model(Dinov2Config(hidden_size=128, num_hidden_layers=2, num_attention_heads=2, mlp_ratio=4, image_size=518))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return model.eval()


def tokens(model, image, special):
    with torch.no_grad():
        out = model(pixel_values=image).last_hidden_state[:, special:]
    side = int(out.shape[1] ** 0.5)
    return out.transpose(1, 2).reshape(out.shape[0], -1, side, side)


def targets(family):
    return ["q_proj", "k_proj", "v_proj", "o_proj"] if family == "dinov3" else ["query", "key", "value", "dense"]


def nnunet(case):
    from dynamic_network_architectures.architectures.unet import PlainConvUNet, ResidualEncoderUNet

    stages = len(case["features"])
    common = dict(
        input_channels=3, n_stages=stages, features_per_stage=case["features"], conv_op=torch.nn.Conv2d, kernel_sizes=3,
        strides=[1] + [2] * (stages - 1), num_classes=case["classes"], conv_bias=True, norm_op=torch.nn.InstanceNorm2d,
        norm_op_kwargs={"eps": 1e-5, "affine": True}, dropout_op=None, nonlin=torch.nn.LeakyReLU, nonlin_kwargs={"inplace": True},
        deep_supervision=False)
    if case["residual"]:
        return ResidualEncoderUNet(n_blocks_per_stage=case["blocks"], n_conv_per_stage_decoder=1, **common)
    return PlainConvUNet(n_conv_per_stage=2, n_conv_per_stage_decoder=2, **common)


def make(folder):
    for family in ("dinov3", "dinov2"):
        model = vit(family)
        model.save_pretrained(f"{folder}/{family}")
        # An adapter of Python's own, with both halves filled.
        from peft import LoraConfig, get_peft_model

        adapted = get_peft_model(model, LoraConfig(r=3, lora_alpha=6, target_modules=targets(family)))
        with torch.no_grad():
            for name, parameter in adapted.named_parameters():
                if "lora_" in name:
                    parameter.copy_(torch.randn_like(parameter) * 0.1)
        adapted.save_pretrained(f"{folder}/{family}-adapter")
        side = 64 if family == "dinov3" else 56
        image = torch.randn(2, 3, side, side)
        save_file(
            {"image": image, "tokens": tokens(adapted.eval(), image, 5 if family == "dinov3" else 1).contiguous()},
            f"{folder}/{family}-adapter.safetensors")
    # A checkpoint as nnU-Net's trainer writes it: a pickle with more than tensors.
    case = {"features": [8, 16, 16], "classes": 2, "residual": False}
    network = nnunet(case).eval()
    image = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        save_file({"image": image, "logits": network(image)}, f"{folder}/nnunet.safetensors")
    torch.save(
        {"network_weights": network.state_dict(), "optimizer_state": {}, "grad_scaler_state": None, "current_epoch": 3,
         "init_args": {"configuration": "2d", "fold": 0}, "trainer_name": "nnUNetTrainer", "inference_allowed_mirroring_axes": (0, 1)},
        f"{folder}/nnunet.pth")


def outputs(case, folder, image):
    kind = case["kind"]
    if kind == "torchscript":
        extra = {"guidino.json": ""}
        module = torch.jit.load(f"{folder}/{case['file']}", _extra_files=extra)
        about = json.loads(extra["guidino.json"])
        assert about["input"]["shape"] == list(image.shape), about["input"]
        return module(image)
    if kind == "nnunet":
        network = nnunet(case)
        network.load_state_dict(load_file(f"{folder}/{case['file']}"), strict=True)
        return network.eval()(image)
    assert kind == "peft", kind
    from peft import PeftModel
    from transformers import AutoModel

    base = AutoModel.from_pretrained(f"{folder}/{case['base']}").eval()
    special = 5 if "dinov3" in case["base"] else 1
    plain = tokens(base, image, special)
    adapted = tokens(PeftModel.from_pretrained(base, f"{folder}/{case['file']}").eval(), image, special)
    assert (adapted - plain).abs().max() > 1e-3, "the adapter does nothing"
    return adapted


def check(folder):
    answers = []
    for case in json.load(open(f"{folder}/cases.json")):
        given = load_file(f"{folder}/{case['tensors']}")
        with torch.no_grad():
            made = outputs(case, folder, given["image"])
        wanted = given["wanted"]
        assert made.shape == wanted.shape, (case["case"], made.shape, wanted.shape)
        scale = max(1.0, float(wanted.abs().max()))
        answers.append({"case": case["case"], "difference": float((made - wanted).abs().max()) / scale})
    print(json.dumps(answers))


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](sys.argv[2])
