"""Runs the graph of a model in its own order, in the thread that asks.

Rasa hands each run to dask, which plans anew what never changes: the same nodes in the same order, for a graph in which
nothing runs side by side. Planning took longer than several of our components do (docs/benchmarks.md).
"""

from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner

Step = tuple[str, GraphNode, tuple[str, ...]]
"""Name of a node, the node, and the names of what it takes: other nodes or inputs of the run."""


class InOrderRunner:
    """Runs the nodes of a loaded model, each after those that it needs; the plan of a target is made once.

    Args:
        loaded: the runner with which Rasa loaded the model.
    """

    def __init__(self, loaded: DaskGraphRunner) -> None:
        self._schema = loaded._graph_schema
        self._nodes = loaded._instantiated_nodes
        self._plan = cache(self._planned)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run what the targets need.

        Args:
            inputs: values by the name under which nodes take them.
            targets: names of the nodes whose output is wanted; those of the schema when left out.

        Returns:
            The output of each target.
        """
        wanted = tuple(targets or self._schema.target_names)
        # A node passes its output on together with its name, and takes inputs in the same shape.
        known: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in self._plan(wanted):
            known[name] = node(*(known[need] for need in needs))
        return {target: known[target][1] for target in wanted}

    def _planned(self, targets: tuple[str, ...]) -> list[Step]:
        needed = self._schema.minimal_graph_schema(list(targets)).nodes
        order = TopologicalSorter({name: node.needs.values() for name, node in needed.items()}).static_order()
        return [(name, self._nodes[name], tuple(needed[name].needs.values())) for name in order if name in needed]
