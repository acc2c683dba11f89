"""The corruptions by the library calls that the published Python code makes, to be timed.

The order of calls, the kernels and the constants are those of make_cifar_c.py and make_imagenet_c.py (Hendrycks and
Dietterich, ICLR 2019). What differs: motion blur, alone and in snow, is shifted and summed in NumPy as the imagecorruptions
package does it, instead of by ImageMagick; the photographs of frost are pictures of noise, written by textures().
"""

import io
import math
import os

import cv2
import numpy as np
from PIL import Image
from scipy.ndimage import map_coordinates, zoom
from skimage.color import hsv2rgb, rgb2hsv
from skimage.filters import gaussian
from skimage.util import random_noise

CIFAR = {
    "gaussian_noise": [0.04, 0.06, 0.08, 0.09, 0.10],
    "shot_noise": [500, 250, 100, 75, 50],
    "impulse_noise": [0.01, 0.02, 0.03, 0.05, 0.07],
    "defocus_blur": [(0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1)],
    "glass_blur": [(0.05, 1, 1), (0.25, 1, 1), (0.4, 1, 1), (0.25, 1, 2), (0.4, 1, 2)],
    "motion_blur": [(6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)],
    "zoom_blur": [(1.06, 0.01), (1.11, 0.01), (1.16, 0.01), (1.21, 0.01), (1.26, 0.01)],
    "snow": [
        (0.1, 0.2, 1, 0.6, 8, 3, 0.95),
        (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
        (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
        (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
        (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    ],
    "frost": [(1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45)],
    "fog": [(0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75)],
    "brightness": [0.05, 0.1, 0.15, 0.2, 0.3],
    "contrast": [0.75, 0.5, 0.4, 0.3, 0.15],
    "elastic_transform": [(0, 0, 0.08), (0.05, 0.2, 0.07), (0.08, 0.06, 0.06), (0.1, 0.04, 0.05), (0.1, 0.03, 0.03)],
    "pixelate": [0.95, 0.9, 0.85, 0.75, 0.65],
    "jpeg_compression": [80, 65, 58, 50, 40],
    "speckle_noise": [0.06, 0.1, 0.12, 0.16, 0.2],
    "gaussian_blur": [0.4, 0.6, 0.7, 0.8, 1],
    "spatter": [
        (0.62, 0.1, 0.7, 0.7, 0.5, False),
        (0.65, 0.1, 0.8, 0.7, 0.5, False),
        (0.65, 0.3, 1, 0.69, 0.5, False),
        (0.65, 0.1, 0.7, 0.69, 0.6, True),
        (0.65, 0.1, 0.5, 0.68, 0.6, True),
    ],
    "saturate": [(0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2)],
}

IMAGENET = {
    "gaussian_noise": [0.08, 0.12, 0.18, 0.26, 0.38],
    "shot_noise": [60, 25, 12, 5, 3],
    "impulse_noise": [0.03, 0.06, 0.09, 0.17, 0.27],
    "defocus_blur": [(3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)],
    "glass_blur": [(0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)],
    "motion_blur": [(10, 3), (15, 5), (15, 8), (15, 12), (20, 15)],
    "zoom_blur": [(1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03)],
    "snow": [
        (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
        (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
        (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
        (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
        (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
    ],
    "frost": [(1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75)],
    "fog": [(1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)],
    "brightness": [0.1, 0.2, 0.3, 0.4, 0.5],
    "contrast": [0.4, 0.3, 0.2, 0.1, 0.05],
    "elastic_transform": [
        tuple(244 / 224 * c for c in row)
        for row in [(2, 0.7, 0.1), (2, 0.08, 0.2), (0.05, 0.01, 0.02), (0.07, 0.01, 0.02), (0.12, 0.01, 0.02)]
    ],
    "pixelate": [0.6, 0.5, 0.4, 0.3, 0.25],
    "jpeg_compression": [25, 18, 15, 10, 7],
    "speckle_noise": [0.15, 0.2, 0.35, 0.45, 0.6],
    "gaussian_blur": [1, 2, 3, 4, 6],
    "spatter": [
        (0.65, 0.3, 4, 0.69, 0.6, False),
        (0.65, 0.3, 3, 0.68, 0.6, False),
        (0.65, 0.3, 2, 0.68, 0.5, False),
        (0.65, 0.3, 1, 0.65, 1.5, True),
        (0.67, 0.4, 1, 0.65, 1.5, True),
    ],
    "saturate": [(0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2)],
}


def unit(image):
    return np.array(image) / 255.0


def to_levels(values):
    return np.clip(values, 0, 1) * 255


def smooth(values, sigma):
    return gaussian(values, sigma=sigma, channel_axis=-1)


def gaussian_noise(image, scale):
    x = unit(image)
    return to_levels(x + np.random.normal(size=x.shape, scale=scale))


def shot_noise(image, photons):
    return to_levels(np.random.poisson(unit(image) * photons) / photons)


def impulse_noise(image, amount):
    return to_levels(random_noise(unit(image), mode="s&p", amount=amount))


def speckle_noise(image, scale):
    x = unit(image)
    return to_levels(x + x * np.random.normal(size=x.shape, scale=scale))


def gaussian_blur(image, sigma):
    return to_levels(smooth(unit(image), sigma))


def glass_blur(image, constants):
    sigma, reach, rounds = constants
    x = np.uint8(smooth(unit(image), sigma) * 255)
    height, width = x.shape[:2]
    for _ in range(rounds):
        for row in range(height - reach, reach, -1):
            for column in range(width - reach, reach, -1):
                right, down = np.random.randint(-reach, reach, size=(2,))
                other = row + down, column + right
                x[row, column], x[other] = x[other], x[row, column]
    return to_levels(smooth(x / 255.0, sigma))


def disk(radius, smoothing):
    half, side = (8, 3) if radius <= 8 else (radius, 5)
    line = np.arange(-half, half + 1)
    x, y = np.meshgrid(line, line)
    kernel = np.array(x**2 + y**2 <= radius**2, dtype=np.float32)
    return cv2.GaussianBlur(kernel / kernel.sum(), ksize=(side, side), sigmaX=smoothing)


def defocus_blur(image, constants):
    x = unit(image)
    kernel = disk(*constants)
    channels = [cv2.filter2D(x[:, :, channel], -1, kernel) for channel in range(3)]
    return to_levels(np.array(channels).transpose((1, 2, 0)))


def shifted(x, right, down):
    if right:
        x = np.roll(x, right, axis=1)
        if right > 0:
            x[:, :right] = x[:, right : right + 1]
        else:
            x[:, right:] = x[:, right - 1 : right]
    if down:
        x = np.roll(x, down, axis=0)
        if down > 0:
            x[:down] = x[down : down + 1]
        else:
            x[down:] = x[down - 1 : down]
    return x


def move(x, radius, sigma, degrees):
    width = 2 * radius + 1
    weights = np.exp(-(np.arange(width) ** 2) / (2 * sigma**2))
    weights /= weights.sum()
    angle = math.radians(degrees)
    out = np.zeros_like(x, dtype=np.float32)
    for i in range(width):
        down = -math.ceil(i * math.sin(angle) - 0.5)
        right = -math.ceil(i * math.cos(angle) - 0.5)
        if abs(down) >= x.shape[0] or abs(right) >= x.shape[1]:
            break
        out = out + weights[i] * shifted(x, right, down)
    return out


def motion_blur(image, constants):
    return np.clip(move(np.array(image), *constants, np.random.uniform(-45, 45)), 0, 255)


def clipped_zoom(x, factor):
    side = x.shape[0]
    cropped = int(np.ceil(side / factor))
    top = (side - cropped) // 2
    large = zoom(x[top : top + cropped, top : top + cropped], (factor, factor, 1), order=1)
    trim = (large.shape[0] - side) // 2
    return large[trim : trim + side, trim : trim + side]


def zoom_blur(image, constants):
    last, step = constants
    factors = np.arange(1, last, step)
    x = unit(image).astype(np.float32)
    out = np.zeros_like(x)
    for factor in factors:
        out += clipped_zoom(x, factor)
    return to_levels((x + out) / (len(factors) + 1))


def plasma(side, decay):
    """Diamond-square on a torus, a whole level at a time."""
    heights = np.empty((side, side))
    heights[0, 0] = 0
    step, wobble = side, 100.0

    def raised(sums):
        return sums / 4 + wobble * np.random.uniform(-wobble, wobble, sums.shape)

    while step >= 2:
        half = step // 2
        corners = heights[0:side:step, 0:side:step]
        sums = corners + np.roll(corners, -1, axis=0)
        sums += np.roll(sums, -1, axis=1)
        heights[half:side:step, half:side:step] = raised(sums)
        middles = heights[half:side:step, half:side:step]
        corners = heights[0:side:step, 0:side:step]
        across = middles + np.roll(middles, 1, axis=0) + corners + np.roll(corners, -1, axis=1)
        heights[0:side:step, half:side:step] = raised(across)
        down = middles + np.roll(middles, 1, axis=1) + corners + np.roll(corners, -1, axis=0)
        heights[half:side:step, 0:side:step] = raised(down)
        step, wobble = half, wobble / decay
    heights -= heights.min()
    return heights / heights.max()


def fog(image, constants):
    thickness, decay = constants
    x = unit(image)
    side = x.shape[0]
    brightest = x.max()
    x += thickness * plasma(32 if side <= 32 else 256, decay)[:side, :side][..., np.newaxis]
    return to_levels(x * brightest / (brightest + thickness))


TEXTURES = []


def textures(folder):
    """Writes the pictures that stand for the published photographs: three PNG and three JPEG files."""
    random = np.random.default_rng(0)
    for i in range(6):
        path = os.path.join(folder, f"frost{i + 1}.{'png' if i < 3 else 'jpg'}")
        if not os.path.exists(path):
            noise = random.integers(0, 256, (700, 1000, 3), dtype=np.uint8)
            cv2.imwrite(path, cv2.GaussianBlur(noise, (0, 0), 2))
        TEXTURES.append(path)


def frost(image, constants):
    share, ice = constants
    texture = cv2.imread(TEXTURES[np.random.randint(5)])
    side = np.array(image).shape[0]
    if side <= 64:
        texture = cv2.resize(texture, (0, 0), fx=0.2, fy=0.2)
    top = np.random.randint(0, texture.shape[0] - side)
    left = np.random.randint(0, texture.shape[1] - side)
    piece = texture[top : top + side, left : left + side][..., [2, 1, 0]]
    return np.clip(share * np.array(image) + ice * piece, 0, 255)


def snow(image, constants):
    mean, scale, factor, threshold, radius, sigma, share = constants
    x = np.array(image, dtype=np.float32) / 255.0
    layer = np.random.normal(size=x.shape[:2], loc=mean, scale=scale)
    layer = clipped_zoom(layer[..., np.newaxis], factor)
    layer[layer < threshold] = 0
    layer = (np.clip(layer.squeeze(), 0, 1) * 255).astype(np.uint8)
    layer = np.round(move(layer, radius, sigma, np.random.uniform(-135, -45))) / 255.0
    layer = layer[..., np.newaxis]
    pale = cv2.cvtColor(x, cv2.COLOR_RGB2GRAY).reshape(*x.shape[:2], 1) * 1.5 + 0.5
    x = share * x + (1 - share) * np.maximum(x, pale)
    return to_levels(x + layer + np.rot90(layer, k=2))


def spatter(image, constants):
    mean, scale, sigma, threshold, strength, mud = constants
    x = np.array(image, dtype=np.float32) / 255.0
    liquid = gaussian(np.random.normal(size=x.shape[:2], loc=mean, scale=scale), sigma=sigma)
    liquid[liquid < threshold] = 0
    if mud:
        cover = gaussian(np.where(liquid > threshold, 1, 0).astype(np.float32), sigma=strength)
        cover[cover < 0.8] = 0
        cover = cover[..., np.newaxis]
        brown = np.concatenate([level / 255.0 * np.ones_like(x[..., :1]) for level in (63, 42, 20)], axis=2)
        return to_levels(x * (1 - cover) + brown * cover)
    liquid = (liquid * 255).astype(np.uint8)
    shade = cv2.distanceTransform(255 - cv2.Canny(liquid, 50, 150), cv2.DIST_L2, 5)
    _, shade = cv2.threshold(shade, 20, 20, cv2.THRESH_TRUNC)
    shade = cv2.equalizeHist(cv2.blur(shade, (3, 3)).astype(np.uint8))
    shade = cv2.filter2D(shade, cv2.CV_8U, np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]))
    shade = cv2.blur(shade, (3, 3)).astype(np.float32)
    cover = cv2.cvtColor(liquid * shade, cv2.COLOR_GRAY2BGRA)
    cover /= np.max(cover, axis=(0, 1))
    cover *= strength
    colour = np.concatenate([level / 255.0 * np.ones_like(cover[..., :1]) for level in (175, 238, 238)], axis=2)
    colour = cv2.cvtColor(colour, cv2.COLOR_BGR2BGRA)
    x = cv2.cvtColor(x, cv2.COLOR_BGR2BGRA)
    return cv2.cvtColor(np.clip(x + cover * colour, 0, 1), cv2.COLOR_BGRA2BGR) * 255


def contrast(image, factor):
    x = unit(image)
    means = np.mean(x, axis=(0, 1), keepdims=True)
    return to_levels((x - means) * factor + means)


def brightness(image, added):
    x = rgb2hsv(unit(image))
    x[:, :, 2] = np.clip(x[:, :, 2] + added, 0, 1)
    return to_levels(hsv2rgb(x))


def saturate(image, constants):
    factor, added = constants
    x = rgb2hsv(unit(image))
    x[:, :, 1] = np.clip(x[:, :, 1] * factor + added, 0, 1)
    return to_levels(hsv2rgb(x))


def jpeg_compression(image, quality):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file)


def pixelate(image, scale):
    small = tuple(int(side * scale) for side in image.size)
    return image.resize(small, Image.BOX).resize(image.size, Image.BOX)


def elastic_transform(image, constants):
    x = np.array(image, dtype=np.float32) / 255.0
    side = x.shape[0]
    strength, sigma, shift = (side * constant for constant in constants)
    middle = np.float32(x.shape[:2]) // 2
    reach = side // 3
    before = np.float32([middle + reach, [middle[0] + reach, middle[1] - reach], middle - reach])
    after = before + np.random.uniform(-shift, shift, size=before.shape).astype(np.float32)
    turn = cv2.getAffineTransform(before, after)
    x = cv2.warpAffine(x, turn, x.shape[1::-1], borderMode=cv2.BORDER_REFLECT_101)

    def displacement():
        noise = np.random.uniform(-1, 1, size=x.shape[:2])
        return (gaussian(noise, sigma, mode="reflect", truncate=3) * strength).astype(np.float32)[..., np.newaxis]

    right, down = displacement(), displacement()
    column, row, channel = np.meshgrid(np.arange(x.shape[1]), np.arange(x.shape[0]), np.arange(x.shape[2]))
    places = np.reshape(row + down, (-1, 1)), np.reshape(column + right, (-1, 1)), np.reshape(channel, (-1, 1))
    return to_levels(map_coordinates(x, places, order=1, mode="reflect").reshape(x.shape))


def corrupt(image, name, severity, constants):
    """One image, uint8 [H, W, 3], under one corruption."""
    corrupted = globals()[name](Image.fromarray(image), constants[name][severity - 1])
    return np.uint8(corrupted)
