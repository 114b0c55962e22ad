"""The ``.task`` file that MediaPipe's Pose Landmarker loads, put together from its own wheel.

MediaPipe's Tasks API wants an uncompressed zip of a detector and a landmark model. The official
bundle is a download; the wheel of mediapipe 0.10.21 carries the same two networks for the older
Solutions API, without the metadata that tells the Tasks API how to scale the picture. We add the
metadata with mediapipe's own writer and zip the two.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from importlib import metadata, util
from pathlib import Path

_log = logging.getLogger(__name__)

#: Version of this recipe: raise it when the bundle's content changes.
_RECIPE = 1

# Input scaling (x - mean) / std of the two networks, as their graphs in mediapipe's source
# tree prescribe: the detector takes [-1, 1], the landmark model [0, 1].
_MODELS = (
    ("pose_detector.tflite", "modules/pose_detection/pose_detection.tflite", 127.5, 127.5),
    (
        "pose_landmarks_detector.tflite",
        "modules/pose_landmark/pose_landmark_full.tflite",
        0.0,
        255.0,
    ),
)


class BundleError(Exception):
    """The pose model cannot be had. The message says why and what to do."""


def find_bundle(weights_dir: Path, cache_dir: Path) -> Path:
    """The pose bundle to load: the user's own if there is one, else the assembled one.

    Args:
        weights_dir: A ``pose_landmarker_*.task`` in here takes precedence.
        cache_dir: Where the assembled bundle is kept.

    Raises:
        BundleError: The installed mediapipe has no pose models, or the cache cannot be written.
    """
    own = sorted(weights_dir.glob("pose_landmarker_*.task"))
    return own[0] if own else assembled_bundle(cache_dir)


def assembled_bundle(cache_dir: Path) -> Path:
    """The bundle made from the installed wheel; made anew if missing, damaged or outdated.

    Raises:
        BundleError: As `find_bundle`.
    """
    version = metadata.version("mediapipe")
    bundle = cache_dir / f"pose_landmarker_full-{version}-r{_RECIPE}.task"
    checksum = bundle.with_suffix(".sha256")
    if _is_intact(bundle, checksum):
        return bundle
    if bundle.exists():
        _log.warning("The pose bundle %s is damaged; it is made anew.", bundle)
    try:
        _write_atomically(bundle, _assemble(version))
        _write_atomically(checksum, hashlib.sha256(bundle.read_bytes()).hexdigest().encode())
    except OSError as error:
        raise BundleError(
            f"The pose model cannot be stored in {cache_dir} ({error}). "
            "Make the folder writable, or set FALLWATCH_HOME to one that is."
        ) from error
    return bundle


def _is_intact(bundle: Path, checksum: Path) -> bool:
    try:
        expected = checksum.read_text().strip()
        return hashlib.sha256(bundle.read_bytes()).hexdigest() == expected
    except OSError:
        return False


def _write_atomically(path: Path, content: bytes) -> None:
    """Write beside the target and rename: two processes at once, or a power cut, do no harm."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _assemble(version: str) -> bytes:
    spec = util.find_spec("mediapipe")
    if spec is None or spec.origin is None:
        raise BundleError("mediapipe is not installed. Run: pip install mediapipe==0.10.21")
    wheel = Path(spec.origin).parent
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, source, mean, std in _MODELS:
                model = wheel / source
                if not model.is_file():
                    raise BundleError(
                        f"mediapipe {version} has no {source} in its wheel. Run: pip install "
                        "mediapipe==0.10.21, or put an official pose_landmarker_full.task "
                        "into the weights folder."
                    )
                # A fixed date makes the bundle the same, byte for byte, on every machine.
                entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
                archive.writestr(entry, _with_normalization(model.read_bytes(), mean, std))
        file.seek(0)
        return file.read()


def _with_normalization(model: bytes, mean: float, std: float) -> bytes:
    """The model with the metadata that tells the Tasks API how to scale its input picture."""
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as schema
    from mediapipe.tasks.metadata import schema_py_generated as tflite
    from mediapipe.tasks.python.metadata.metadata import MetadataPopulator

    options = schema.NormalizationOptionsT()
    options.mean, options.std = [mean], [std]
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    content = schema.ContentT()
    content.contentPropertiesType = schema.ContentProperties.ImageProperties
    content.contentProperties = schema.ImagePropertiesT()
    content.contentProperties.colorSpace = schema.ColorSpaceType.RGB
    picture = schema.TensorMetadataT()
    picture.name, picture.content, picture.processUnits = "image", content, [unit]

    outputs = tflite.Model.GetRootAsModel(model, 0).Subgraphs(0).OutputsLength()
    subgraph = schema.SubGraphMetadataT()
    subgraph.inputTensorMetadata = [picture]
    subgraph.outputTensorMetadata = [schema.TensorMetadataT() for _ in range(outputs)]
    document = schema.ModelMetadataT()
    document.name, document.subgraphMetadata = "pose", [subgraph]

    builder = flatbuffers.Builder(0)
    builder.Finish(document.Pack(builder), MetadataPopulator.METADATA_FILE_IDENTIFIER)
    populator = MetadataPopulator.with_model_buffer(bytearray(model))
    populator.load_metadata_buffer(builder.Output())
    populator.populate()
    return bytes(populator.get_model_buffer())
