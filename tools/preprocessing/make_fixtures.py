"""Writes the image fixtures of stream-sim's tests: small files of many kinds, and what PIL and torchvision make of them.

usage: make_fixtures.py FOLDER
"""

import io
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageCms
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize

HEIGHT, WIDTH = 37, 52
MODES = {
    "bilinear": InterpolationMode.BILINEAR,
    "bicubic": InterpolationMode.BICUBIC,
    "lanczos": InterpolationMode.LANCZOS,
    "box": InterpolationMode.BOX,
}


def scene():
    """Gradients, edges, saturated colours and some noise."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    image = np.stack([255 * x / WIDTH, 255 * y / HEIGHT, 127 + 120 * np.sin(x / 3) * np.cos(y / 5)], axis=-1)
    image[5:15, 8:20] = [250, 5, 10]
    image[18:30, 25:44] = [10, 20, 240]
    image[(x - 40) ** 2 + (y - 9) ** 2 < 36] = [255, 255, 255]
    image += np.random.default_rng(7).normal(0, 6, image.shape)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def png16(samples):
    """A PNG of 16 bits a sample, RGB, which PIL reads and does not write."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def swapped_profile():
    """An sRGB profile whose red and blue are swapped: who applies it shows."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


def files():
    pixels = scene()
    rgb = Image.fromarray(pixels)
    grey = rgb.convert("L")
    alpha = Image.fromarray(np.linspace(0, 255, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint8))
    rgba = rgb.copy()
    rgba.putalpha(alpha)
    grey_alpha = grey.copy()
    grey_alpha.putalpha(alpha)
    yield "rgb.png", encoded(rgb, "PNG", optimize=True)
    yield "rgba.png", encoded(rgba, "PNG", optimize=True)
    yield "transparent-colour.png", encoded(rgb, "PNG", transparency=(250, 5, 10))
    yield "grey.png", encoded(grey, "PNG", optimize=True)
    yield "grey-alpha.png", encoded(grey_alpha, "PNG", optimize=True)
    yield "grey-2-bits.png", encoded(grey.quantize(4), "PNG", bits=2)
    yield "bilevel.png", encoded(grey.convert("1"), "PNG")
    yield "palette.png", encoded(rgb.quantize(16), "PNG", transparency=3)
    yield "rgb-16-bits.png", png16(pixels.astype(np.uint16) * 256 + np.arange(3, dtype=np.uint16) * 100)
    yield "rgb.bmp", encoded(rgb.crop((0, 0, 13, 9)), "BMP")
    yield "rgb.tif", encoded(rgb.crop((0, 0, 13, 9)), "TIFF")
    for sampling in (0, 1, 2):
        yield f"sampling-{sampling}.jpg", encoded(rgb, "JPEG", quality=85, subsampling=sampling)
    yield "progressive.jpg", encoded(rgb, "JPEG", quality=85, progressive=True)
    yield "grey.jpg", encoded(grey, "JPEG", quality=85)
    yield "stored-as-rgb.jpg", encoded(rgb, "JPEG", quality=85, keep_rgb=True)
    cmyk = encoded(rgb.convert("CMYK"), "JPEG", quality=85)
    yield "cmyk.jpg", cmyk
    # The byte behind Adobe's flags says how the components are to be read: 2 is YCCK.
    transform = cmyk.index(b"Adobe") + 11
    yield "ycck.jpg", cmyk[:transform] + b"\2" + cmyk[transform + 1 :]
    profile = swapped_profile()
    yield "profile.jpg", encoded(rgb, "JPEG", quality=85, icc_profile=profile)
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "orientation.jpg", encoded(rgb, "JPEG", quality=85, exif=exif)


def views(image):
    for mode, interpolation in MODES.items():
        yield f"{mode}-24-20x20", Compose([Resize(24, interpolation), CenterCrop(20)])(image)
        yield f"{mode}-19x41-none", Resize((19, 41), interpolation)(image)
        yield f"{mode}-45-45x45", Compose([Resize(45, interpolation), CenterCrop(45)])(image)
    yield "bilinear-none-33x33", CenterCrop(33)(image)
    yield "bilinear-none-40x60", CenterCrop((40, 60))(image)
    yield "bilinear-11-20x12", Compose([Resize(11), CenterCrop((20, 12))])(image)
    yield "bilinear-37x21-none", Resize((37, 21))(image)
    yield "bilinear-21x52-none", Resize((21, 52))(image)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {}
    for name, data in files():
        (folder / name).write_bytes(data)
        arrays[name] = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    for name, view in views(Image.open(folder / "rgb.png").convert("RGB")):
        arrays[name] = np.asarray(view)
    tall = Image.fromarray(np.ascontiguousarray(scene().transpose(1, 0, 2)))
    arrays["tall-bilinear-24-20x20"] = np.asarray(Compose([Resize(24), CenterCrop(20)])(tall))
    np.savez_compressed(folder / "expected.npz", **arrays)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
