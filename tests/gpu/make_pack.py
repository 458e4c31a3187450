#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a pack (the file that `guidino data pack` writes) with Pillow alone, for a GPU machine without OpenCV.

usage: make_pack.py --splits SPLITS.json --size S --out PACK.safetensors LIST=IMAGES:MASKS [LIST=IMAGES:MASKS ...]

LIST names one of the lists in SPLITS.json; IMAGES and MASKS are folders. Images are squashed to S × S (Pillow's box-filtered bilinear),
masks taken at > 127 and resized by nearest neighbour. Names of several lists that collide get the list's name in front."""
import argparse
import hashlib
import json
import os
import struct
import sys

from PIL import Image

SUFFIXES = ("", "_segmentation", "_mask")


def find_mask(folder, stem):
    for suffix in SUFFIXES:
        for extension in (".png", ".jpg", ".jpeg", ".bmp", ".tif"):
            path = os.path.join(folder, stem + suffix + extension)
            if os.path.exists(path):
                return path
    sys.exit(f"error: no mask of {stem} in {folder}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splits", required=True)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--out", required=True)
    parser.add_argument("parts", nargs="+")
    options = parser.parse_args()
    with open(options.splits, encoding="utf-8") as file:
        lists = json.load(file)["lists"]
    size = options.size
    images, masks, names, hashes, sizes, splits = [], [], [], [], [], {}
    for part in options.parts:
        name, folders = part.split("=", 1)
        image_folder, mask_folder = folders.split(":")
        by_stem = {os.path.splitext(f)[0]: os.path.join(image_folder, f) for f in sorted(os.listdir(image_folder))
                   if f.lower().endswith((".jpg", ".jpeg", ".png", ".bmp", ".tif"))}
        splits[name] = []
        for entry in lists[name]:
            stem = entry["name"]
            if os.path.basename(stem) not in by_stem:
                sys.exit(f"error: {stem} of list {name} is not in {image_folder}")
            path = by_stem[os.path.basename(stem)]
            with open(path, "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            if entry.get("sha256") and entry["sha256"] != digest:
                sys.exit(f"error: {path} is not the file that list {name} means (SHA-256 differs)")
            image = Image.open(path).convert("RGB")
            mask = Image.open(find_mask(mask_folder, os.path.basename(stem))).convert("L")
            unique = stem if stem not in names else f"{name}/{stem}"
            names.append(unique)
            splits[name].append(unique)
            hashes.append(digest)
            sizes.append([image.width, image.height])
            images.append(image.resize((size, size), Image.BILINEAR).tobytes())
            masks.append(mask.point(lambda v: 1 if v > 127 else 0).resize((size, size), Image.NEAREST).tobytes())
    count = len(images)
    image_bytes, mask_bytes = count * size * size * 3, count * size * size
    header = json.dumps({
        "__metadata__": {
            "guidino_pack": "1", "names": json.dumps(names), "groups": json.dumps([""] * count),
            "hashes": json.dumps(hashes), "splits": json.dumps(splits), "native_sizes": json.dumps(sizes),
            "classes": json.dumps([{"index": 1, "name": "foreground", "color": "#e69f00"}]),
            "resize": "squash", "crop_black_border": "false"},
        "images": {"dtype": "U8", "shape": [count, size, size, 3], "data_offsets": [0, image_bytes]},
        "masks": {"dtype": "U8", "shape": [count, size, size], "data_offsets": [image_bytes, image_bytes + mask_bytes]},
    }).encode()
    header += b" " * (-len(header) % 8)
    with open(options.out + ".part", "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        for block in images + masks:
            file.write(block)
    os.replace(options.out + ".part", options.out)
    print(f"{options.out}: {count} images, lists " + ", ".join(f"{k} {len(v)}" for k, v in splits.items()))


if __name__ == "__main__":
    main()
