"""Numbers of the viewer compared with numpy, scipy and astropy: wavelengths, smoothing, continuum, lines."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from typing import Any

import numpy as np
import pytest

from ...browser import ROOT, node_folder

SOURCE = ROOT / "generator/client/src/spectrum/numbers"
C = 299792.458


def ask(calls: str, **values: Any) -> Any:
    """The value of an expression of the viewer's functions; arrays as Float64Array."""
    code = f"""
      import {{ readFileSync }} from "node:fs";
      const load = (name) => import("{SOURCE.as_uri()}/" + name + ".js");
      const read = (_, v) => (v && v.array ? Float64Array.from(v.array, (x) => x ?? NaN) : v);
      const v = JSON.parse(readFileSync(0, "utf8"), read);
      const write = (_, x) => (x instanceof Float64Array ? [...x] : x);
      console.log(JSON.stringify(await (async () => {{ {calls} }})(), write));
    """

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return {"array": [float(x) if np.isfinite(x) else None for x in value]}
        return {k: plain(x) for k, x in value.items()} if isinstance(value, dict) else value

    done = subprocess.run(
        ["node", "--input-type=module", "-e", code],
        input=json.dumps(plain(values)),
        env=os.environ | {"PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def floats(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if x is None else x for x in values])


@pytest.fixture(scope="module")
def pixels() -> dict[str, np.ndarray]:
    """A sloping continuum with a line, noise, pixels without weight and without a value."""
    random = np.random.default_rng(5)
    wavelength = 10 ** (3.81 + 1e-4 * np.arange(400))
    clean = 50 + 0.02 * (wavelength - 6500) - 30 * np.exp(-(((wavelength - 6620) / 6) ** 2) / 2)
    error = 0.4 + random.random(400) * 0.3
    flux = clean + error * random.standard_normal(400)
    error[[5, 120, 121, 300]] = np.nan
    flux[[5, 120, 121]] = 1e6
    flux[200] = np.nan
    return {"wavelength": wavelength, "flux": flux, "error": error}


def good(p: dict[str, np.ndarray]) -> np.ndarray:
    return np.isfinite(p["flux"]) & np.isfinite(p["error"])


def test_air_and_vacuum() -> None:
    vacuum = np.concatenate([[1215.67, 1999.0], np.geomspace(2001, 25000, 200)])
    sigma2 = (1e4 / vacuum) ** 2
    index = 1 + 0.05792105 / (238.0185 - sigma2) + 0.00167917 / (57.362 - sigma2)
    air = np.where(vacuum < 2000, vacuum, vacuum / index)
    got = ask(
        'const { toAir, toVacuum } = await load("wavelengths");'
        "return [v.vacuum.map(toAir), v.air.map(toVacuum)];",
        vacuum=vacuum,
        air=air,
    )
    np.testing.assert_allclose(got[0], air, rtol=1e-14)
    np.testing.assert_allclose(got[1], vacuum, rtol=1e-13)
    # Edlen's formula, in the form that Morton (1991) gave it, is the same to some 1e-8.
    morton = vacuum / (1 + 2.735182e-4 + 131.4182 / vacuum**2 + 2.76249e8 / vacuum**4)
    np.testing.assert_allclose(np.array(got[0])[2:], morton[2:], rtol=2e-6)
    assert abs(got[0][np.abs(vacuum - 6564.61).argmin()] / air[np.abs(vacuum - 6564.61).argmin()] - 1) < 1e-14


@pytest.mark.parametrize("file", ["vacuum", "air"])
@pytest.mark.parametrize(("medium", "frame", "unit"), [("air", "rest", "nm"), ("vacuum", "observed", "A")])
def test_axis(file: str, medium: str, frame: str, unit: str) -> None:
    z, waves = 0.37, np.linspace(3700, 9100, 50)
    got = ask(
        'const { Axis } = await load("wavelengths");'
        "const axis = new Axis(v.file, v.showing);"
        "const shown = v.waves.map((w) => axis.show(w)); return [shown, shown.map((x) => axis.read(x))];",
        file=file,
        showing={"medium": medium, "frame": frame, "unit": unit, "z": z},
        waves=waves,
    )

    def index(vacuum: np.ndarray) -> np.ndarray:
        s = (1e4 / vacuum) ** 2
        return 1 + 0.05792105 / (238.0185 - s) + 0.00167917 / (57.362 - s)

    vacuum = waves
    if file == "air":
        vacuum = waves * index(waves)
        for _ in range(5):
            vacuum = waves * index(vacuum)
    vacuum = vacuum / (1 + z) if frame == "rest" else vacuum
    expected = np.where((vacuum > 2000) & (medium == "air"), vacuum / index(vacuum), vacuum)
    np.testing.assert_allclose(got[0], expected / (10 if unit == "nm" else 1), rtol=1e-12)
    np.testing.assert_allclose(got[1], waves, rtol=1e-12)


def test_gaussian_smoothing_is_astropys(pixels: dict[str, np.ndarray]) -> None:
    from astropy.convolution import Gaussian1DKernel, convolve

    how = {"kind": "gaussian", "width": 2.5, "unit": "px", "weighted": False}
    got = ask('return (await load("smooth")).smooth(v.pixels, v.how);', pixels=pixels, how=how)
    flux = np.where(good(pixels), pixels["flux"], np.nan)
    kernel = Gaussian1DKernel(2.5, x_size=25)
    expected = convolve(flux, kernel, boundary="fill", fill_value=np.nan, nan_treatment="interpolate")
    np.testing.assert_allclose(floats(got["flux"])[15:-15], expected[15:-15], rtol=1e-6)
    variance = np.where(good(pixels), pixels["error"] ** 2, 0)
    k = kernel.array
    weights = np.convolve(good(pixels).astype(float), k, "same")
    spread = np.sqrt(np.convolve(variance, k**2, "same")) / weights
    np.testing.assert_allclose(floats(got["error"])[15:-15], spread[15:-15], rtol=1e-5)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("width", "unit"), [(5, "px"), (4, "px"), (200, "km/s")])
def test_boxcar(pixels: dict[str, np.ndarray], width: float, unit: str, weighted: bool) -> None:
    how = {"kind": "boxcar", "width": width, "unit": unit, "weighted": weighted}
    got = ask('return (await load("smooth")).smooth(v.pixels, v.how);', pixels=pixels, how=how)
    place = np.arange(400.0) if unit == "px" else C * np.log(pixels["wavelength"])
    apart = np.abs(place[:, None] - place[None, :])
    share = np.clip(width / 2 + 0.5 - apart, 0, 1) if unit == "px" else (apart <= width / 2).astype(float)
    share = share * good(pixels)
    if weighted:
        share = share / np.where(good(pixels), pixels["error"], 1) ** 2
    flux = np.where(good(pixels), pixels["flux"], 0)
    with np.errstate(invalid="ignore"):
        expected = share @ flux / share.sum(1)
    np.testing.assert_allclose(floats(got["flux"]), expected, rtol=1e-10)


@pytest.mark.parametrize("grid", ["log", "linear"])
def test_gaussian_smoothing_in_velocity(grid: str) -> None:
    """A Gaussian line in velocity stays one: its variance grows by that of the kernel."""
    if grid == "log":
        wavelength = 10 ** (3.75 + 1e-5 * np.arange(6000))
    else:
        wavelength = np.linspace(5700.0, 6400.0, 6000)
    velocity = C * np.log(wavelength / 6000)
    flux = 3 - np.exp(-((velocity / 400) ** 2) / 2)
    pixels = {"wavelength": wavelength, "flux": flux, "error": np.full(6000, 0.01)}
    how = {"kind": "gaussian", "width": 900.0, "unit": "km/s", "weighted": False}
    got = floats(
        ask('return (await load("smooth")).smooth(v.pixels, v.how);', pixels=pixels, how=how)["flux"]
    )
    wide = np.hypot(400, 900)
    expected = 3 - 400 / wide * np.exp(-((velocity / wide) ** 2) / 2)
    middle = np.abs(velocity) < 5000
    np.testing.assert_allclose(got[middle], expected[middle], atol=5e-6)


def test_pixels_without_weight_are_gaps(pixels: dict[str, np.ndarray]) -> None:
    part = {
        "kind": "coadd",
        "arm": "",
        "exposure": "",
        "facts": {},
        "masks": {},
        "flux": np.where(np.isfinite(pixels["error"]), pixels["flux"], 0),
        "wavelength": pixels["wavelength"],
        "values": {"ivar": np.where(np.isfinite(pixels["error"]), 1 / pixels["error"] ** 2, 0)},
    }
    drawn, rest = ask(
        'const { pixelsOf, counted, uncounted } = await load("pixels"); const p = pixelsOf(v.part);'
        "return [counted(p), uncounted(p)];",
        part=part,
    )
    np.testing.assert_array_equal(floats(drawn), np.where(good(pixels), part["flux"], np.nan))
    beside = [i for k in (5, 120, 121, 300) for i in (k - 1, k, k + 1)]
    assert set(np.flatnonzero(np.isfinite(floats(rest)))) == set(beside)
    np.testing.assert_array_equal(floats(rest)[beside], part["flux"][beside])


def test_continuum_goes_past_lines(pixels: dict[str, np.ndarray]) -> None:
    got = ask(
        'return (await load("continuum")).fitContinuum(v.pixels, v.fit);',
        pixels=pixels,
        fit={"window": 120, "low": 1.5, "high": 3},
    )
    truth = 50 + 0.02 * (pixels["wavelength"] - 6500)
    assert np.abs(floats(got) / truth - 1).max() < 0.012
    # Without lines and noise it is the curve itself.
    curve = 5 + np.sin(pixels["wavelength"] / 400)
    smooth = {"wavelength": pixels["wavelength"], "flux": curve, "error": None}
    got = ask(
        'return (await load("continuum")).fitContinuum(v.pixels, v.fit);',
        pixels=smooth,
        fit={"window": 60, "low": 5, "high": 5},
    )
    assert np.abs(floats(got) - curve).max() < 2e-3


def test_colours_of_traces() -> None:
    """Twelve that stand out from the paper and from each other, in both themes."""
    theme = tomllib.loads((ROOT / "themes/default/theme.toml").read_text(encoding="utf-8"))

    def linear(colour: str) -> np.ndarray:
        values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)

    def luminance(colour: str) -> float:
        return float(linear(colour) @ [0.2126, 0.7152, 0.0722])

    def oklab(colour: str) -> np.ndarray:
        """After Ottosson (2020)."""
        cones = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]
        mixed = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
        return np.asarray(mixed @ np.cbrt(np.array(cones) @ linear(colour)))

    for mode in ("light", "dark"):
        colours = [theme[mode][f"chart-{n}"] for n in range(1, 13)]
        paper = luminance(theme[mode]["surface"])
        for colour in colours:
            low, high = sorted((luminance(colour), paper))
            assert (high + 0.05) / (low + 0.05) >= 3, (mode, colour)
        places = [oklab(colour) for colour in colours]
        nearest = min(np.linalg.norm(a - b) for i, a in enumerate(places) for b in places[:i])
        assert nearest > 0.07, mode


def reference(p: dict[str, np.ndarray], low: float, high: float) -> dict[str, float]:
    """By numpy: the line through the flux at the limits, trapezoids over the pixels with a value."""
    from scipy.optimize import curve_fit

    keep = good(p)
    w, f, e = p["wavelength"][keep], p["flux"][keep], p["error"][keep]
    ends = np.interp([low, high], w, f)
    inside = (w >= low) & (w <= high)
    x = np.concatenate([[low], w[inside], [high]])
    y = np.concatenate([[ends[0]], f[inside], [ends[1]]])
    c = ends[0] + (ends[1] - ends[0]) * (x - low) / (high - low)
    width, flux = np.trapezoid(1 - y / c, x), np.trapezoid(y - c, x)
    start = [y[np.abs(y - c).argmax()] - c[np.abs(y - c).argmax()], x[np.abs(y - c).argmax()], 5]
    fit, covariance = curve_fit(
        lambda t, h, m, s: h * np.exp(-(((t - m) / s) ** 2) / 2),
        w[inside],
        f[inside] - c[1:-1],
        start,
        e[inside],
        absolute_sigma=True,
    )
    return {
        "width": width,
        "flux": flux,
        "total": np.trapezoid(y, x),
        "centroid": np.trapezoid(x * (y - c), x) / flux,
        "centre": fit[1],
        "centre_error": np.sqrt(covariance[1, 1]),
        "fwhm": 2 * np.sqrt(2 * np.log(2)) * abs(fit[2]),
        "fwhm_error": 2 * np.sqrt(2 * np.log(2)) * np.sqrt(covariance[2, 2]),
        "snr": np.median(f[inside] / e[inside]),
        "pixels": inside.sum(),
    }


def test_measurements_are_numpys(pixels: dict[str, np.ndarray]) -> None:
    low, high = 6590.3, 6651.7
    call = 'return (await load("measure")).measure(v.pixels, v.low, v.high);'
    got = ask(call, pixels=pixels, low=low, high=high)
    own = reference(pixels, low, high)
    for key in ("width", "flux", "total", "centroid"):
        assert got[key]["value"] == pytest.approx(own[key], rel=1e-10), key
    assert got["snr"] == pytest.approx(own["snr"], rel=1e-12) and got["pixels"] == own["pixels"]
    gaussian = got["gaussian"]
    assert gaussian["centre"]["value"] == pytest.approx(own["centre"], rel=1e-8)
    assert gaussian["centre"]["error"] == pytest.approx(own["centre_error"], rel=1e-4)
    assert gaussian["fwhm"]["value"] == pytest.approx(own["fwhm"], rel=1e-5)
    assert gaussian["fwhm"]["error"] == pytest.approx(own["fwhm_error"], rel=1e-4)
    assert abs(gaussian["centre"]["value"] - 6620) < 0.5
    # Errors against what the values scatter by when the noise is drawn again.
    random = np.random.default_rng(1)
    draws = [
        reference(
            pixels | {"flux": pixels["flux"] + pixels["error"] * random.standard_normal(400)}, low, high
        )
        for _ in range(400)
    ]
    for key in ("width", "flux", "total", "centroid"):
        assert got[key]["error"] == pytest.approx(np.std([d[key] for d in draws]), rel=0.15), key


def test_measurements_without_errors_or_pixels(pixels: dict[str, np.ndarray]) -> None:
    call = 'return (await load("measure")).measure(v.pixels, v.low, v.high);'
    bare = ask(call, pixels=pixels | {"error": None, "flux": np.full(400, 3.0)}, low=6600, high=6650)
    assert bare["width"] == {"value": pytest.approx(0, abs=1e-12), "error": None}
    assert bare["snr"] is None and bare["centroid"] is None
    assert ask(call, pixels=pixels, low=6600, high=6600.5) is None
