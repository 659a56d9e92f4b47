"""Where something stands in a YAML file, so that a message can name its line."""

from collections.abc import Sequence
from pathlib import Path

import yaml


def tree_of(path: Path) -> yaml.Node | None:
    """Return the nodes of a YAML file, which know their lines; None for an empty file.

    Raises:
        yaml.YAMLError: the file is not YAML.
    """
    return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def line_of(node: yaml.Node | None, where: Sequence[str | int]) -> int:
    """Return the line of the deepest part of `where` that the file has, from 1.

    Args:
        node: the root of the file.
        where: names and positions that lead to a value: `("sources", 1, "checked")`.
    """
    line = node.start_mark.line + 1 if node else 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
