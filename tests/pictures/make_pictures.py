"""Make the pictures of this folder: python -m tests.pictures.make_pictures.

Each shows the same thing, SCENE, as one kind of file: another color space, another range of values, a mask, or a kind
that is not read. PNG files are put together here, since Pillow writes neither 16 bits of color nor every chunk.
"""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageCms, features

from nst.pictures import icc
from nst.pictures.color_profiles import BLACK_POINT_COMPENSATION

FOLDER = Path(__file__).parent
HEIGHT, WIDTH = 32, 48
PATCHES = ((30, 200, 40), (200, 60, 50), (40, 70, 190), (230, 230, 230), (128, 128, 128), (15, 15, 15))
PROPHOTO_PRIMARIES, PROPHOTO_WHITE = ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), (0.3457, 0.3585)
SPACES = {
    "display_p3": icc.make_profile("Display P3", icc.DISPLAY_P3_PRIMARIES, icc.SRGB_CURVE),
    "adobe_rgb": icc.make_profile("Adobe RGB", icc.ADOBE_RGB_PRIMARIES, icc.ADOBE_RGB_GAMMA),
    "prophoto_rgb": icc.make_profile("ProPhoto RGB", PROPHOTO_PRIMARIES, 1.8, PROPHOTO_WHITE),
    "rec_2020": icc.make_profile("Rec. 2020", icc.REC_2020_PRIMARIES, icc.REC_709_CURVE),
    "swapped": icc.make_profile("Red is blue", icc.SRGB_PRIMARIES[::-1], icc.SRGB_CURVE),
}


def draw_scene():
    """Six patches in two rows, uint8 (HEIGHT, WIDTH, 3), sRGB."""
    patches = np.array(PATCHES, np.uint8).reshape(2, 3, 3)
    return patches.repeat(HEIGHT // 2, 0).repeat(WIDTH // 3, 1)


SCENE = draw_scene()
GRAY = np.asarray(Image.fromarray(SCENE).convert("L"))
OPAQUE = np.repeat(np.where(np.arange(WIDTH) < WIDTH // 3, 0, 255).astype(np.uint8)[None], HEIGHT, 0)  # not the left
LEFT_WHITE = (255 - OPAQUE).copy()


def encode_png(samples, bits, *chunks, palette=None):
    """A PNG file. samples: (H, W) or (H, W, channels). chunks: (kind, data) to stand before the pixels."""
    samples = samples[..., None] if samples.ndim == 2 else samples
    color_type = 3 if palette is not None else {1: 0, 2: 4, 3: 2, 4: 6}[samples.shape[-1]]
    height, width, _ = samples.shape
    rows = samples.astype(">u2" if bits == 16 else np.uint8).reshape(height, -1)
    lines = b"".join(b"\0" + (np.packbits(row).tobytes() if bits == 1 else row.tobytes()) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, *([(b"PLTE", bytes(palette))] if palette is not None else [])]
    late = [part for part in parts if part[0] == b"tRNS"]
    parts = [*(part for part in parts if part[0] != b"tRNS"), *late, (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def encode_tiff(samples, **options):
    """An uncompressed TIFF file."""
    file = io.BytesIO()
    photometric = options.pop("photometric", "rgb" if samples.ndim == 3 and samples.shape[-1] >= 3 else "minisblack")
    tifffile.imwrite(file, samples, photometric=photometric, metadata=None, software=False, **options)
    return file.getvalue()


def encode(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def convert(profile, mode="RGB"):
    """SCENE in the color space of a profile (bytes), which is then to be shown as SCENE again."""
    target = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    flags = BLACK_POINT_COMPENSATION
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), target, "RGB", mode, 1, flags)
    return ImageCms.applyTransform(Image.fromarray(SCENE), transform)


def make_gray_profile(gamma):
    """The profile of gray with an exponent: as for RGB, with one curve and no primaries."""
    tags = {
        b"desc": icc._make_text("Gray"),
        b"cprt": icc._make_text("No copyright, use freely"),
        b"wtpt": icc._make_xyz(icc.D50_XYZ),
        b"kTRC": icc._make_curve(gamma),
    }
    return icc._assemble(tags).replace(b"mntrRGB ", b"mntrGRAY")


def make_cmyk_profile():
    """A profile of CMYK with pale inks: a table of 3 x 3 x 3 x 3 colors."""
    ramp = np.linspace(0, 1, 3)
    ink = np.stack(np.meshgrid(ramp, ramp, ramp, ramp, indexing="ij"), -1).reshape(-1, 4)
    paint = (1 - 0.7 * ink[:, :3]) * (1 - 0.9 * ink[:, 3:])
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB", 1)
    rgb = Image.fromarray(np.rint(255 * paint).astype(np.uint8)[None])
    lab = np.asarray(ImageCms.applyTransform(rgb, to_lab)).copy()
    lab[..., 1:] = lab[..., 1:].astype(np.int8).astype(np.int16) + 128
    straight = bytes(range(256))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 3, 0)) + icc._fixed(np.eye(3).ravel())
    table += 4 * straight + lab.tobytes() + 3 * straight
    tags = {
        b"desc": icc._make_text("Pale inks"),
        b"cprt": icc._make_text("No copyright, use freely"),
        b"wtpt": icc._make_xyz(icc.D50_XYZ),
        b"A2B0": table,
    }
    return icc._assemble(tags).replace(b"mntrRGB XYZ ", b"prtrCMYKLab ")


def make_colors():
    p3 = SPACES["display_p3"]
    scene, in_p3 = Image.fromarray(SCENE), convert(p3)
    prophoto, linear = SPACES["prophoto_rgb"], icc.make_profile("Linear", icc.SRGB_PRIMARIES, 1.0)
    lab_profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    broken = p3[:200] + bytes(len(p3) - 200)
    cutout = Image.merge("RGBA", (*in_p3.split(), Image.fromarray(OPAQUE)))
    files = {
        "p3_photo.jpg": encode(in_p3, "JPEG", quality=95, subsampling=0, icc_profile=p3),
        "p3_palette.png": encode(in_p3.quantize(6), "PNG", icc_profile=p3),
        "p3_transparent.png": encode(cutout, "PNG", icc_profile=p3),
        "adobe_rgb.tif": encode_tiff(np.asarray(convert(SPACES["adobe_rgb"])), iccprofile=SPACES["adobe_rgb"]),
        "prophoto.webp": encode(convert(prophoto), "WEBP", lossless=True, icc_profile=prophoto),
        "rec_2020.png": encode(convert(SPACES["rec_2020"]), "PNG", icc_profile=SPACES["rec_2020"]),
        "srgb_profile.png": encode(scene, "PNG", icc_profile=icc.SRGB_PROFILE),
        "lab.tif": encode(convert_to_lab(), "TIFF"),
        "lab_profile.tif": encode(convert_to_lab(), "TIFF", icc_profile=lab_profile),
        "cmyk_profile.tif": encode(scene.convert("CMYK"), "TIFF", icc_profile=make_cmyk_profile()),
        "gray_profile.png": encode(Image.fromarray(GRAY), "PNG", icc_profile=make_gray_profile(1.0)),
        "gray_with_rgb_profile.png": encode(Image.fromarray(GRAY), "PNG", icc_profile=linear),
        "broken_profile.png": encode(scene, "PNG", icc_profile=broken),
        "cmyk_profile_in_rgb.png": encode(scene, "PNG", icc_profile=make_cmyk_profile()),
        "adobe_rgb_by_exif.jpg": encode(
            convert(SPACES["adobe_rgb"]), "JPEG", quality=95, subsampling=0, exif=make_adobe_exif()
        ),
        "chunk_srgb.png": encode_png(SCENE, 8, (b"sRGB", b"\0"), (b"gAMA", struct.pack(">I", 100000))),
        "chunk_usual_gamma.png": encode_png(SCENE, 8, (b"gAMA", struct.pack(">I", 45455))),
        "chunk_gamma_1.png": encode_png(to_linear(SCENE), 8, (b"gAMA", struct.pack(">I", 100000))),
        "chunk_chrm_p3.png": encode_png(
            np.asarray(in_p3),
            8,
            (b"gAMA", struct.pack(">I", 45455)),
            (b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)),
        ),
        "chunk_cicp_p3.png": encode_png(np.asarray(in_p3), 8, (b"cICP", bytes((12, 13, 0, 1)))),
        "chunk_cicp_hdr.png": encode_png(SCENE, 8, (b"cICP", bytes((9, 16, 0, 1)))),
    }
    return {f"colors/{name}": data for name, data in files.items()}


def convert_to_lab():
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB", 1)
    return ImageCms.applyTransform(Image.fromarray(SCENE), transform)


def to_linear(pixels):
    values = pixels / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.rint(255 * linear).astype(np.uint8)


def make_adobe_exif():
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 65535
    exif.get_ifd(0x8769)[0xA005] = {1: "R03", 2: b"0100"}
    return exif.tobytes()


def scale(pixels, bits):
    """8-bit pixels as integers of another number of bits."""
    return np.rint(pixels / 255 * (2**bits - 1)).astype(np.uint32)


def make_values():
    alpha = OPAQUE[..., None]
    fractions = SCENE / 255
    files = {
        "gray_10_of_16.png": encode_png(scale(GRAY, 10), 16),
        "gray_12_of_16_sbit.png": encode_png(scale(GRAY, 12), 16, (b"sBIT", b"\x0c")),
        "gray_14_of_16.png": encode_png(np.rint(GRAY / GRAY.max() * 15000), 16),
        "gray_8_of_16.png": encode_png(GRAY, 16),
        "gray_16.png": encode_png(scale(GRAY, 16), 16),
        "gray_16_transparent.png": encode_png(
            np.where(OPAQUE, scale(GRAY, 16), 7), 16, (b"tRNS", struct.pack(">H", 7))
        ),
        "gray_dark_16.png": encode_png(scale(GRAY // 6, 16), 16),
        "gray_alpha_12_of_16.png": encode_png(np.stack([scale(GRAY, 12), scale(OPAQUE, 16)], -1), 16),
        "rgb_10_of_16.png": encode_png(scale(SCENE, 10), 16),
        "rgb_12_of_16_sbit.png": encode_png(scale(SCENE, 12), 16, (b"sBIT", b"\x0c\x0c\x0c")),
        "rgb_16.png": encode_png(scale(SCENE, 16), 16),
        "rgba_10_of_16.png": encode_png(np.concatenate([scale(SCENE, 10), scale(alpha, 16)], -1), 16),
        "rgb_12_of_16.tif": encode_tiff(scale(SCENE, 12).astype(np.uint16)),
        "gray_12_of_16_stated.tif": encode_tiff(
            scale(GRAY // 6, 12).astype(np.uint16), extratags=[(281, "H", 1, 4095, True)]
        ),
        "white_is_zero_16.tif": encode_tiff(65535 - scale(GRAY, 16).astype(np.uint16), photometric="miniswhite"),
        "signed_8.tif": encode_tiff((GRAY.astype(np.int16) - 128).astype(np.int8)),
        "signed_16.tif": encode_tiff(GRAY.astype(np.int16) * 10 - 1000),
        "int_32.tif": encode_tiff(scale(GRAY, 31).astype(np.int32)),
        "uint_32.tif": encode_tiff(scale(GRAY, 32).astype(np.uint32)),
        "int_32_holding_8.tif": encode_tiff(GRAY.astype(np.int32)),
        "float_0_to_1.tif": encode_tiff((GRAY / 255).astype(np.float32)),
        "float_0_to_255.tif": encode_tiff(GRAY.astype(np.float32)),
        "float_beyond.tif": encode_tiff(GRAY.astype(np.float32) * 1000 - 50),
        "float_highlights.tif": encode_tiff(add_highlight(GRAY / 255).astype(np.float32)),
        "float_not_a_number.tif": encode_tiff(np.where(OPAQUE, GRAY / 255, np.nan).astype(np.float32)),
        "float_64.tif": encode_tiff(GRAY / 255),
        "float_rgb_0_to_1.tif": encode_tiff(fractions.astype(np.float32)),
        "float_rgb_0_to_255.tif": encode_tiff(SCENE.astype(np.float32)),
        "one_bit.png": encode_png(LEFT_WHITE // 255, 1),
        "one_bit.tif": encode(Image.fromarray(LEFT_WHITE).convert("1"), "TIFF"),
        "palette_transparent.png": encode_png(OPAQUE // 255, 8, (b"tRNS", b"\0"), palette=(10, 20, 30, 200, 100, 50)),
        "palette_transparent.gif": encode(make_palette(), "GIF", transparency=0),
    }
    return {f"values/{name}": data for name, data in files.items()}


def add_highlight(values):
    values = values.copy()
    values[:2, -4:] = 6.5
    return values


def make_palette():
    picture = Image.fromarray(OPAQUE // 255).convert("P")
    picture.putpalette([10, 20, 30, 200, 100, 50])
    return picture


def make_masks():
    inside = LEFT_WHITE // 255
    labels = np.repeat(np.repeat([[0, 1, 2, 3, 4, 5]], HEIGHT, 0), WIDTH // 6, 1).astype(np.uint8)
    colored = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    colored[inside > 0] = (128, 0, 0)
    cutout = np.concatenate([SCENE, LEFT_WHITE[..., None]], -1)
    shape = np.concatenate([np.zeros_like(SCENE), LEFT_WHITE[..., None]], -1)
    files = {
        "white.png": encode_png(LEFT_WHITE, 8),
        "ones.png": encode_png(inside, 8),
        "one_bit.png": encode_png(inside, 1),
        "ones_of_16.png": encode_png(inside, 16),
        "ten_bits.png": encode_png(inside.astype(np.uint16) * 1023, 16),
        "float.tif": encode_tiff(inside.astype(np.float32)),
        "float_255.tif": encode_tiff(LEFT_WHITE.astype(np.float32)),
        "int_32.tif": encode_tiff(inside.astype(np.int32)),
        "signed_8.tif": encode_tiff(inside.astype(np.int8) * 127),
        "dark_red.png": encode_png(colored, 8),
        "palette_of_labels.png": encode_png(inside, 8, palette=(0, 0, 0, 128, 0, 0)),
        "black_shape.png": encode_png(shape, 8),
        "cutout.png": encode_png(cutout, 8),
        "labels.png": encode_png(labels, 8),
        "constant_gray.png": encode_png(np.full_like(inside, 100), 8),
        "black.png": encode_png(np.zeros_like(inside), 8),
        "dark_photo.png": encode_png(GRAY // 4, 8),
    }
    return {f"masks/{name}": data for name, data in files.items()}


def make_kinds():
    scene = Image.fromarray(SCENE)
    other = Image.fromarray(SCENE[::-1].copy())
    brand = b"\0\0\0\x18ftyp"
    files = {
        "animation.gif": encode(scene, "GIF", save_all=True, append_images=[other], duration=100),
        "animation.png": encode(scene, "PNG", save_all=True, append_images=[other], duration=100),
        "pages.tif": encode(scene, "TIFF", save_all=True, append_images=[other]),
        "photo.jxl": b"\xff\x0a" + bytes(60),
        "drawing.eps": encode(scene, "EPS"),
        "drawing.svg": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"/>\n',
        "document.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        "layers_16.psd": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, HEIGHT, WIDTH, 16, 3) + bytes(16),
        "video.mp4": brand + b"isom\0\0\2\0isommp41" + bytes(40),
        "video.mov": brand + b"qt  \0\0\2\0qt  qt  " + bytes(40),
        "video.webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01" + bytes(40),
        "video.mpg": b"\0\0\1\xba" + bytes(60),
        "photo.cr3": brand + b"crx \0\0\0\1crx isom" + bytes(40),
        "photo.raf": b"FUJIFILMCCD-RAW 0201" + bytes(60),
        "photo.dng": encode_tiff(SCENE[::2, ::2], extratags=[(50706, "B", 4, (1, 4, 0, 0), True)]),
        "photo.nef": encode_tiff(SCENE[::2, ::2]),
        "drawing.wmf": b"\xd7\xcd\xc6\x9a" + bytes(18) + b"\1\0\x09\0" + bytes(60),
        "data.hdf": b"\x89HDF\r\n\x1a\n" + bytes(60),
        "light.hdr": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 32 +X 48\n",
        "light.exr": b"v/1\1\2\0\0\0" + bytes(60),
        "scan.dcm": bytes(128) + b"DICM" + bytes(60),
        "array.npy": encode_npy(),
        "page.html": b"<!DOCTYPE html><html><title>Sign in</title></html>\n",
        "pictures.zip": encode_zip({"picture.png": encode_png(SCENE, 8)}),
        "text.docx": encode_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}),
        "._photo.jpg": b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(60),
        "photo_12_bits.jpg": make_12_bit_jpeg(encode(scene, "JPEG")),
    }
    if "avif" in features.modules and features.check("avif"):
        files["photo.avif"] = encode(scene, "AVIF", quality=90)
    else:
        print("photo.avif is left out: this version of Pillow does not write it.")
    try:
        import pillow_heif
    except ImportError:
        print("photo.heic is left out: it needs the package pillow-heif.")
    else:
        file = io.BytesIO()
        pillow_heif.from_pillow(scene.resize((96, 64), Image.Resampling.NEAREST)).save(file, quality=90)
        files["photo.heic"] = file.getvalue()
    return {f"kinds/{name}": data for name, data in files.items()}


def encode_npy():
    file = io.BytesIO()
    np.save(file, SCENE[:16, :16])
    return file.getvalue()


def encode_zip(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return file.getvalue()


def make_12_bit_jpeg(encoded):
    """A JPEG file whose header says 12 bits."""
    place = encoded.index(b"\xff\xc0") + 4
    return encoded[:place] + b"\x0c" + encoded[place + 1 :]


def make_pictures():
    """{name in this folder: bytes} of all pictures."""
    return {**make_colors(), **make_values(), **make_masks(), **make_kinds()}


def main():
    for name, data in make_pictures().items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
