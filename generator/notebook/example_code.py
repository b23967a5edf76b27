"""Code of cells with places for names: a stack of spectra, and a cross-match by hand."""

STACK = """\
spectra = []
for row in range(len(rows)):
    try:
        spectrum = await drportal.spectrum({ident}, {set!r})
    except drportal.Error:
        continue  # a row without a spectrum
    spectra.append((spectrum, {redshift}))
    if len(spectra) == 12:
        break
print(len(spectra), "spectra")
spectra[0][0]"""

AVERAGE = """\
def at_rest(spectrum, z):
    arm = spectrum.vacuum().arms[0]
    wavelength, flux = np.asarray(arm.wavelength, float) / (1 + z), np.asarray(arm.flux, float)
    order = np.argsort(wavelength)
    wavelength, flux, good = wavelength[order], flux[order], arm.good[order]
    return wavelength[good], flux[good] / np.median(np.abs(flux[good]))

pieces = [piece for piece in (at_rest(*one) for one in spectra) if len(piece[0])]
low = min(wavelength[0] for wavelength, _ in pieces)
high = max(wavelength[-1] for wavelength, _ in pieces)
grid = np.linspace(low, high, 3000)
lines = np.array([np.interp(grid, *piece, left=np.nan, right=np.nan) for piece in pieces])
count = np.isfinite(lines).sum(axis=0)
stack = np.ma.median(np.ma.masked_invalid(lines), axis=0)
plt.plot(grid, stack, linewidth=0.8)
plt.xlabel("wavelength in vacuum, at rest [Angstrom]")
plt.ylabel("relative flux")
plt.show()
print("each point is the median of at most", count.max(), "spectra")"""

VECTORS = """\
around = ({centre}, {radius} + {within})
others = await drportal.table({other!r}, cone=around, columns={columns!r}, limit=50000)

def directions(rows, ra, dec):
    ra, dec = np.radians(np.asarray(rows[ra], float)), np.radians(np.asarray(rows[dec], float))
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)

here = directions(rows, {ra!r}, {dec!r})
others"""

MATCH = """\
there = directions(others, {ra!r}, {dec!r})
order = np.argsort(there[:, 2])
heights = there[order, 2]
within = np.radians({within} / 3600)
first = np.searchsorted(heights, here[:, 2] - within)
last = np.searchsorted(heights, here[:, 2] + within)
pairs = []
for row, (start, end) in enumerate(zip(first, last)):
    near = order[start:end]
    apart = 2 * np.arcsin(np.clip(np.linalg.norm(there[near] - here[row], axis=1) / 2, 0, 1))
    pairs += [(row, other, angle) for other, angle in zip(near, apart) if angle <= within{itself}]
print(len(pairs), "pairs within {within} arcsec")
for row, other, angle in pairs[:10]:
    print({shown}, f"{{np.degrees(angle) * 3600:.3f}} arcsec")"""
