"""The columns of ObsCore 1.1."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Column(NamedTuple):
    """A column of ObsCore; `utype` is without its prefix obscore:."""

    name: str
    type: Literal["char", "int", "long", "double"]
    about: str
    unit: str | None
    ucd: str
    utype: str


COLUMNS = [
    Column(
        "dataproduct_type", "char", "Kind of product", None, "meta.code.class", "ObsDataset.dataProductType"
    ),
    Column(
        "calib_level",
        "int",
        "Level of calibration, 0 to 4",
        None,
        "meta.code;obs.calib",
        "ObsDataset.calibLevel",
    ),
    Column("obs_collection", "char", "Release and set of spectra", None, "meta.id", "DataID.collection"),
    Column("obs_id", "char", "Identifier of the spectrum", None, "meta.id", "DataID.observationID"),
    Column("obs_publisher_did", "char", "IVOA identifier", None, "meta.ref.ivoid", "Curation.publisherDID"),
    Column("access_url", "char", "Where the file is", None, "meta.ref.url", "Access.reference"),
    Column("access_format", "char", "Its MIME type", None, "meta.code.mime", "Access.format"),
    Column("access_estsize", "long", "Its size", "kbyte", "phys.size;meta.file", "Access.size"),
    Column("target_name", "char", "Name of the object", None, "meta.id;src", "Target.name"),
    Column(
        "s_ra",
        "double",
        "Right ascension, ICRS",
        "deg",
        "pos.eq.ra",
        "Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1",
    ),
    Column(
        "s_dec",
        "double",
        "Declination, ICRS",
        "deg",
        "pos.eq.dec",
        "Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C2",
    ),
    Column(
        "s_fov",
        "double",
        "Field of view",
        "deg",
        "phys.angSize;instr.fov",
        "Char.SpatialAxis.Coverage.Bounds.Extent.diameter",
    ),
    Column(
        "s_region",
        "char",
        "Region covered",
        None,
        "pos.outline;obs.field",
        "Char.SpatialAxis.Coverage.Support.Area",
    ),
    Column(
        "s_resolution",
        "double",
        "Spatial resolution",
        "arcsec",
        "pos.angResolution",
        "Char.SpatialAxis.Resolution.Refval.value",
    ),
    Column(
        "s_xel1", "long", "Elements along the first axis", None, "meta.number", "Char.SpatialAxis.numBins1"
    ),
    Column(
        "s_xel2", "long", "Elements along the second axis", None, "meta.number", "Char.SpatialAxis.numBins2"
    ),
    Column(
        "t_min",
        "double",
        "Beginning of the day of the observation, MJD",
        "d",
        "time.start;obs.exposure",
        "Char.TimeAxis.Coverage.Bounds.Limits.StartTime",
    ),
    Column(
        "t_max",
        "double",
        "End of that day, MJD",
        "d",
        "time.end;obs.exposure",
        "Char.TimeAxis.Coverage.Bounds.Limits.StopTime",
    ),
    Column(
        "t_exptime",
        "double",
        "Time of exposure",
        "s",
        "time.duration;obs.exposure",
        "Char.TimeAxis.Coverage.Support.Extent",
    ),
    Column(
        "t_resolution",
        "double",
        "Resolution in time",
        "s",
        "time.resolution",
        "Char.TimeAxis.Resolution.Refval.value",
    ),
    Column("t_xel", "long", "Elements along the axis of time", None, "meta.number", "Char.TimeAxis.numBins"),
    Column(
        "em_min",
        "double",
        "Shortest wavelength of the set's shared grids, in vacuum or air as its files have it",
        "m",
        "em.wl;stat.min",
        "Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit",
    ),
    Column(
        "em_max",
        "double",
        "Longest wavelength of the set's shared grids",
        "m",
        "em.wl;stat.max",
        "Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit",
    ),
    Column(
        "em_res_power",
        "double",
        "Resolving power",
        None,
        "spect.resolution",
        "Char.SpectralAxis.Resolution.ResolPower.refVal",
    ),
    Column(
        "em_xel", "long", "Elements along the spectral axis", None, "meta.number", "Char.SpectralAxis.numBins"
    ),
    Column("o_ucd", "char", "UCD of what was measured", None, "meta.ucd", "Char.ObservableAxis.ucd"),
    Column(
        "pol_states",
        "char",
        "Polarisation",
        None,
        "meta.code;phys.polarization",
        "Char.PolarizationAxis.stateList",
    ),
    Column(
        "pol_xel", "long", "Elements along that axis", None, "meta.number", "Char.PolarizationAxis.numBins"
    ),
    Column(
        "facility_name", "char", "Telescope", None, "meta.id;instr.tel", "Provenance.ObsConfig.Facility.name"
    ),
    Column(
        "instrument_name", "char", "Instrument", None, "meta.id;instr", "Provenance.ObsConfig.Instrument.name"
    ),
]
