"""Names of a set's classes, as the tools of the field write them, and what they mean."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

from fallwatch.evaluation.clips.names import shown
from fallwatch.evaluation.clips.text_file import TextFileError, read_text
from train.classes import FALL, NOT_FALL
from train.errors import TrainError

#: The study's set has no list of class names; this is its order.
STUDY_CLASSES = ("fall", "walking", "sitting")

#: What the classes of known sets mean for us, whatever the case and what stands between words.
#: None: no person, or nobody can say whether fallen (hospital_bed's ``danger`` and ``patient`` are
#: laid over other classes, in bed and on the floor).
MEANING: dict[str, int | None] = {
    **dict.fromkeys(
        (
            "fall", "falls", "fallen", "falling", "fell", "fall down", "falling down",
            "fallen down", "fall detected", "fall detection", "person fall", "person fallen",
            "person falling", "fall person", "fallen person", "falling person", "human fall",
            "people fall",
        ),
        FALL,
    ),
    **dict.fromkeys(
        (
            "not fall", "no fall", "non fall", "not fallen", "no fallen", "non fallen",
            "not falling", "no falling", "non falling", "no fall detected", "not fall detected",
            "fall not detected", "walk", "walking", "sit", "sitting", "stand", "standing", "lie",
            "move", "person", "normal", "upright", "crouching", "squatting", "kneeling", "bending",
            "running", "adl", "daily activity",
        ),
        NOT_FALL,
    ),
    **dict.fromkeys(("bed", "danger", "patient", "walker", "wheelchair", "ignore")),
}  # fmt: skip

_MEANING_OF = {name.replace(" ", ""): label for name, label in MEANING.items()}

#: No list of names is longer, and YAML takes long to read.
_MOST_BYTES = 2**19

#: Files of names, one a line, as labelImg, Label Studio, Darknet and Roboflow write them.
_LISTS = frozenset(
    {"classes.txt", "obj.names", "_darknet.labels", "classes.names", "predefined_classes.txt"}
)

#: Folders of the parts of a set, and which part each is. What is set aside for a test is never
#: trained on: it is tested on, as what sets call ``val`` is.
PARTS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "val",
    "testing": "val",
}


@dataclass(frozen=True, slots=True)
class ClassNames:
    """The classes of a set.

    Attributes:
        names: As written, by class number.
        meanings: FALL, NOT_FALL or None (left out), by class number.
        keypoint_numbers: So many numbers follow each box, for the points of a skeleton.
        origin: File of the names; None where the set has none and the study's order is assumed.
    """

    names: tuple[str, ...]
    meanings: tuple[int | None, ...]
    keypoint_numbers: int = 0
    origin: Path | None = None


def is_names_file(path: Path) -> bool:
    """Whether a file is a list of class names by its name, in any case."""
    return path.name.lower() in _LISTS


def read_class_names(folder: Path) -> ClassNames:
    """The classes of a set: from its ``data.yaml``, ``classes.txt`` or the like.

    Raises:
        TrainError: A file of names cannot be read, two differ, or the meaning of a name is not
            known.
    """
    found = [names for path in _files_of_names(folder) if (names := _read_names(path)) is not None]
    if not found:
        return ClassNames(STUDY_CLASSES, tuple(MEANING[name] for name in STUDY_CLASSES))
    first = found[0]
    for other in found[1:]:
        if [_plain(name) for name in other.names] != [_plain(name) for name in first.names]:
            raise TrainError(
                f"{_place(first)} and {_place(other)} name different classes, or in another order. "
                "Remove the one that is wrong."
            )
    # Only a YAML file tells of skeletons.
    return max(found, key=lambda names: names.keypoint_numbers)


def _place(names: ClassNames) -> str:
    return shown(names.origin)


def _files_of_names(folder: Path) -> list[Path]:
    labels = folder / "labels"
    # labelImg writes the names beside the labels.
    places = [folder, labels, *(subfolders(labels) if labels.is_dir() else ())]
    if folder.name.lower() in PARTS:
        places.append(folder.parent)
    places += [place for place in subfolders(folder) if place.name.lower() in PARTS]
    return [
        path
        for place in places
        if place.is_dir()
        for path in sorted(place.iterdir())
        if path.is_file() and not path.name.startswith(".")
        if is_names_file(path) or (path.suffix.lower() in (".yaml", ".yml"))
    ]


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder, sorted; hidden ones are passed over."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")


def _read_names(path: Path) -> ClassNames | None:
    """None for a YAML file of something else."""
    try:
        text = read_text(path, _MOST_BYTES)
    except TextFileError as error:
        raise TrainError(f"{error} Save it again as UTF-8, or remove it.") from error
    if is_names_file(path):
        named, points = _listed_names(text, path), 0
    else:
        wanted = path.stem.lower() in ("data", "dataset")
        if not wanted and "names" not in text:
            return None
        node = _top_node(text, path)
        found = _value(node, "names", path)
        if found is None and not wanted:
            return None
        named = _yaml_names(found, path)
        points = _keypoint_numbers(node, path)
        _check_count(node, len(named), path)
    if not named:
        raise TrainError(f"{shown(path)}, line 1, names no class. Name them, or remove the file.")
    meanings = tuple(_meaning(name, line, path) for name, line in named)
    return ClassNames(tuple(name for name, _ in named), meanings, points, path)


def _listed_names(text: str, path: Path) -> list[tuple[str, int]]:
    lines = text.rstrip().split("\n") if text.strip() else []
    for number, line in enumerate(lines, start=1):
        # A line that is left out would give every class after it the number before.
        if not line.strip():
            raise TrainError(
                f"{shown(path)}, line {number}, is empty. Name the class, or close up."
            )
    return [(line.strip(), number) for number, line in enumerate(lines, start=1)]


def _top_node(text: str, path: Path) -> yaml.Node | None:
    # Foreign bytes may stand in a remark; in a name they are refused by its meaning.
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
        return node
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise TrainError(
            f"{shown(path)}, line {line}, is not YAML ({shown(error.problem)}). Correct or remove "
            "it."
        ) from error
    except yaml.reader.ReaderError as error:
        line, problem = text[: error.position].count("\n") + 1, error.reason
        raise TrainError(
            f"{shown(path)}, line {line}, is not YAML ({shown(problem)}). Correct or remove it."
        ) from error
    except (RecursionError, ValueError) as error:
        raise TrainError(
            f"{shown(path)}, line 1, is not YAML that can be read. Correct or remove it."
        ) from error


def _value(node: yaml.Node | None, key: str, path: Path) -> yaml.Node | None:
    """What stands under a key at the top."""
    if not isinstance(node, yaml.MappingNode):
        return None
    found = [value for name, value in node.value if name.value == key]
    if len(found) > 1:
        raise TrainError(
            f"{shown(path)}, line {_line(found[1])}, gives {key} again. Remove what is wrong."
        )
    return found[0] if found else None


def _yaml_names(node: yaml.Node | None, path: Path) -> list[tuple[str, int]]:
    """Names with their lines: from a list, or a mapping from numbers 0, 1, 2, ..."""
    if isinstance(node, yaml.SequenceNode):
        return [(_scalar(each, path), _line(each)) for each in node.value]
    if not isinstance(node, yaml.MappingNode):
        line = 1 if node is None else _line(node)
        raise TrainError(
            f"{shown(path)}, line {line}: no list of class names stands under 'names'. Write "
            "names: [fall, not fall], in the order of the numbers in the labels."
        )
    named: dict[int, tuple[str, int]] = {}
    for key, value in node.value:
        text = _scalar(key, path)
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
        if number < 0 or number in named:
            raise TrainError(
                f"{shown(path)}, line {_line(key)}: {shown(text[:40])!r} is no class number, or "
                "there twice. Number the names 0, 1, 2 and so on."
            )
        named[number] = (_scalar(value, path), _line(value))
    if sorted(named) != list(range(len(named))):
        raise TrainError(
            f"{shown(path)}, line {_line(node)}: the class numbers are not 0 to {len(named) - 1}. "
            "Number the names 0, 1, 2 and so on."
        )
    return [named[number] for number in range(len(named))]


def _scalar(node: yaml.Node, path: Path) -> str:
    # The text as written: YAML would make False of a class called "no".
    if not isinstance(node, yaml.ScalarNode):
        raise TrainError(
            f"{shown(path)}, line {_line(node)}, is not one name. Write one name for each class."
        )
    return str(node.value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _check_count(node: yaml.Node | None, count: int, path: Path) -> None:
    told = _value(node, "nc", path)
    if told is not None and _scalar(told, path) != str(count):
        raise TrainError(
            f"{shown(path)}, line {_line(told)}: nc is {shown(told.value)[:40]}, but there are "
            f"{count} names. Correct what is wrong."
        )


def _keypoint_numbers(node: yaml.Node | None, path: Path) -> int:
    shape = _value(node, "kpt_shape", path)
    if shape is None:
        return 0
    numbers = [_scalar(each, path) for each in shape.value] if _is_list(shape) else []
    if len(numbers) != 2 or not all(each.isascii() and each.isdigit() for each in numbers):
        raise TrainError(
            f"{shown(path)}, line {_line(shape)}: kpt_shape is not [points, numbers of each]."
        )
    return min(int(numbers[0][:4]), 9999) * min(int(numbers[1][:4]), 9999)


def _is_list(node: yaml.Node) -> bool:
    return isinstance(node, yaml.SequenceNode)


def _meaning(name: str, line: int, path: Path) -> int | None:
    plain = _plain(name)
    if plain not in _MEANING_OF:
        raise TrainError(
            f"{shown(path)}, line {line}, names a class whose meaning is not known: "
            f"{shown(name[:60])}. Call it 'fall' there if it means fallen people, 'not fall' if it "
            "means others, or 'ignore' to leave its boxes out."
        )
    return _MEANING_OF[plain]


def _plain(name: str) -> str:
    """A name in small letters, without what stands between its words.

    >>> _plain("Fall-Detected")
    'falldetected'
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))
