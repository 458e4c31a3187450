# SPDX-License-Identifier: Apache-2.0
"""Makes the files of this folder (needs numpy, pillow, tifffile, imagecodecs). Run in this folder.

The picture is synthetic, 20 x 14 pixels: red = 12 x, green = 17 y, blue = 255 - 6 (x + y).
"""
import io
import struct

import numpy as np
import tifffile
from PIL import Image

W, H = 20, 14
y, x = np.mgrid[0:H, 0:W]
rgb = np.stack([12 * x, 17 * y, 255 - 6 * (x + y)], -1).astype(np.uint8)
grey = (x * 12 + y).astype(np.uint8)
deep = (x * 3000 + y * 7).astype(np.uint16)
alpha = ((x + y) * 7).astype(np.uint8)
labels = ((x // 5 + y // 5) % 4).astype(np.uint8)


def save(array, name, **options):
    Image.fromarray(array).save(name, **options)


# PNG
save(rgb, "rgb.png")
save(grey, "grey.png")
save(np.dstack([rgb, alpha]), "rgba.png")
Image.fromarray(np.dstack([grey, alpha]), "LA").save("grey_alpha.png")
save(deep, "grey16.png")
save((labels > 1), "bits1.png")
for bits in (1, 2, 4, 8):
    image = Image.fromarray(labels % (1 << bits) if bits == 1 else labels, "P")
    image.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    image.save(f"palette{bits}.png", bits=bits)
image = Image.fromarray((labels > 1).astype(np.uint8), "P")
image.putpalette([0, 0, 0, 255, 255, 255])
image.save("palette_grey.png")
image = Image.fromarray(labels, "P")
image.putpalette([10, 20, 30, 255, 0, 0, 0, 255, 0, 0, 0, 255])
image.save("palette_alpha.png", transparency=bytes([0, 128]))


def chunk(kind, data):
    import zlib

    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows, extra=b"", interlace=0):
    import zlib

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows, 9))
            + chunk(b"IEND", b""))


def adam7(array, channels_bytes):
    rows = b""
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        part = array[y0::dy, x0::dx]
        if part.shape[0] and part.shape[1]:
            for row in part:
                rows += b"\0" + row.tobytes()
    return rows


open("interlaced.png", "wb").write(png(W, H, 8, 2, adam7(rgb, 3), interlace=1))
deep_rgb = (rgb.astype(np.uint16) * 257).astype(">u2")
open("rgb16.png", "wb").write(png(W, H, 16, 2, b"".join(b"\0" + row.tobytes() for row in deep_rgb)))
open("huge.png", "wb").write(png(30000, 30000, 8, 0, b"\0" * 100))
exif6 = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
open("exif6.png", "wb").write(png(W, H, 8, 2, b"".join(b"\0" + row.tobytes() for row in rgb), chunk(b"eXIf", exif6)))
bad_index = b"".join(b"\0" + bytes([5] * W) for _ in range(H))
open("bad_index.png", "wb").write(png(W, H, 8, 3, bad_index, chunk(b"PLTE", bytes(6))))

# JPEG: smooth pictures, so that decoded values are near
save(rgb, "rgb.jpg", quality=95, subsampling=0)
save(grey, "grey.jpg", quality=95)
save(rgb, "progressive.jpg", quality=95, subsampling=0, progressive=True)
Image.fromarray(rgb).convert("CMYK").save("cmyk.jpg", quality=95)
save(rgb, "jpeg_named.png", format="JPEG", quality=95)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    corner = np.zeros((16, 24, 3), np.uint8)
    corner[:8, :8] = 255  # the stored top left corner is white
    corner[8:, :8] = (255, 0, 0)
    save(corner, f"exif{orientation}.jpg", quality=95, subsampling=0, exif=exif)

# TIFF
for name, options in {
    "none": {}, "lzw": {"compression": "lzw"}, "deflate": {"compression": "zlib", "predictor": True},
    "packbits": {"compression": "packbits"}, "strips": {"rowsperstrip": 5},
    "planar": {"planarconfig": "separate"},
}.items():
    data = np.moveaxis(rgb, -1, 0) if name == "planar" else rgb
    tifffile.imwrite(f"rgb_{name}.tif", data, photometric="rgb", **options)
tifffile.imwrite("rgb_tiles.tif", rgb, photometric="rgb", tile=(16, 16), compression="zlib")
tifffile.imwrite("grey16.tif", deep, compression="zlib")
tifffile.imwrite("grey16_big_endian.tif", deep, byteorder=">")
tifffile.imwrite("white_is_zero.tif", 255 - grey, photometric="miniswhite")
tifffile.imwrite("bits1.tif", labels > 1, photometric="minisblack")
tifffile.imwrite("rgba.tif", np.dstack([rgb, alpha]), photometric="rgb", extrasamples=["unassalpha"])
tifffile.imwrite("float.tif", grey.astype(np.float32))
save(rgb, "ycbcr.tif", compression="jpeg", quality=95)
tifffile.imwrite("pages.tif", np.stack([grey, 255 - grey]), photometric="minisblack")
tifffile.imwrite("orientation8.tif", rgb, photometric="rgb", extratags=[(274, "H", 1, 8, True)])
palette = np.zeros((3, 256), np.uint16)
palette[:, :4] = np.array([[0, 65535, 0, 0], [0, 0, 65535, 0], [0, 0, 0, 65535]])
tifffile.imwrite("palette.tif", labels, photometric="palette", colormap=palette)
tifffile.imwrite("spacing.tif", grey, resolution=(50, 25), resolutionunit="CENTIMETER")

# WebP and BMP
save(rgb, "lossless.webp", lossless=True)
save(np.dstack([rgb, alpha]), "rgba.webp", lossless=True, exact=True)
save(rgb, "lossy.webp", quality=90)
exif = Image.Exif()
exif[0x0112] = 3
save(rgb, "exif3.webp", lossless=True, exif=exif)
Image.fromarray(rgb).save("animated.webp", save_all=True, append_images=[Image.fromarray(255 - rgb)])
save(rgb, "rgb.bmp")
save(grey, "grey.bmp")
image = Image.fromarray(labels, "P")
image.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
image.save("palette.bmp")
save((labels > 1), "bits1.bmp")


def bmp(width, height, bits, compression, data, palette=b"", masks=b""):
    offset = 54 + len(masks) + len(palette)
    return (b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset)
            + struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(data), 0, 0, len(palette) // 4, 0)
            + masks + palette + data)


runs = b""
for row in labels[::-1]:
    at = 0
    while at < W:
        length = 1
        while at + length < W and row[at + length] == row[at]:
            length += 1
        runs += bytes([length, row[at]])
        at += length
    runs += b"\0\0"
colours = bytes([0, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0])
open("rle8.bmp", "wb").write(bmp(W, H, 8, 1, runs + b"\0\1", colours))
rgb565 = ((rgb[..., 0] >> 3).astype(np.uint16) << 11 | (rgb[..., 1] >> 2).astype(np.uint16) << 5 | rgb[..., 2] >> 3)
open("rgb565_top_down.bmp", "wb").write(bmp(W, -H, 16, 3, rgb565.astype("<u2").tobytes(),
                                            masks=struct.pack("<III", 0xF800, 0x07E0, 0x001F)))
bgra = np.dstack([rgb[..., ::-1], alpha])[::-1]
open("rgba.bmp", "wb").write(bmp(W, H, 32, 6, bgra.tobytes(),
                                 masks=struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)))
open("plain32.bmp", "wb").write(bmp(W, H, 32, 0, bgra.tobytes()))
open("text.png", "w").write("This is a text that somebody named like a picture.\n")
