"""Machines: the published ones, and those from a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cs336_core.accounting import H100, MACHINES, AccountingError, Machine, load_machine
from cs336_core.accounting.machine_files import EXAMPLE
from cs336_core.ui.machines import SHOWN_MACHINES, OnMachine

OWN = json.loads(EXAMPLE)


@pytest.mark.parametrize(
    ("name", "ridge"),
    [
        ("a100", 153), ("h100", 295), ("h200", 206), ("b200", 281), ("rtx-4090", 164),
        ("mi300x", 247), ("tpu-v5e", 241), ("h100-pcie", 378),
    ],
)  # fmt: skip
def test_ridge_points(name: str, ridge: int) -> None:
    assert round(MACHINES[name].ridge_point()) == ridge


@pytest.mark.parametrize("each", MACHINES.values(), ids=list(MACHINES))
def test_machines_are_plausible(each: Machine) -> None:
    speeds = list(each.flops_per_second.values())
    assert speeds == sorted(speeds, reverse=True)  # fewer bits are faster
    assert 0.01 < each.memory_bytes / each.bytes_per_second < 2  # seconds to read it all
    assert len(each.source) > 20
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", each.date)
    links = [link.bytes_per_second for link in (each.node, each.network) if link is not None]
    assert all(link < each.bytes_per_second for link in links)
    assert links == sorted(links, reverse=True)
    with pytest.raises(AccountingError, match="precision is 'int4'; it must be one of 'fp8'"):
        each.peak("int4")  # type: ignore[arg-type]


def test_a_group_is_limited_by_its_slowest_link() -> None:
    """NVLink 4 has 900 GB/s in both directions together; an adapter has 400 Gb/s."""
    assert H100.link(8).bytes_per_second == 900e9 / 2
    assert H100.link(16).bytes_per_second == 400e9 / 8
    with pytest.raises(AccountingError, match="16 × RTX 4090 are not connected: a node has 8"):
        MACHINES["rtx-4090"].link(16)
    with pytest.raises(AccountingError, match="2 × server CPU are not connected"):
        MACHINES["cpu"].link(2)


def test_a_machine_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    path.write_text("\ufeff" + EXAMPLE, "utf-8")
    own = load_machine(path)
    assert (own.name, own.peak(), own.node_size) == ("My GPU", 1e15, 8)
    assert own.node is not None
    assert own.node.latency == H100.link(8).latency  # where the file does not say
    path.write_text(json.dumps(OWN | {"node": None, "network": None}), "utf-8")
    assert load_machine(path).node_size == 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"memory_bytes": -1}, "memory_bytes is -1; it must be a number above 0"),
        ({"memory_bytes": "80 GB"}, "memory_bytes is '80 GB'; it must be a number"),
        ({"bytes_per_second": True}, "bytes_per_second is True"),
        ({"bytes_per_second": float("inf")}, "bytes_per_second is inf"),
        (
            {"flops_per_second": 1e15},
            "flops_per_second contains 1000000000000000.0; it must be an object",
        ),
        ({"flops_per_second": {}}, "flops_per_second is empty"),
        ({"flops_per_second": {"int3": 1}}, "a precision in flops_per_second is 'int3'"),
        ({"flops_per_second": {"bf16": float("nan")}}, "flops_per_second of bf16 is nan"),
        ({"bandwidth": 1}, "unknown field 'bandwidth'"),
        ({"memory_byte": 1}, "did you mean memory_bytes"),
        ({"name": 5}, "name is 5; it must be text"),
        ({"node": {"bytes_per_second": 1e9}}, "size of node is missing"),
        ({"node": {"size": 0, "bytes_per_second": 1e9}}, "size of node is 0"),
        ({"network": {"bytes_per_second": 0}}, "bytes_per_second of network is 0"),
        ({"network": {"bytes_per_second": 1, "latency": 5}}, "latency of network is 5"),
        ({"network": {"bytes_per_second": 1, "size": 5}}, "unknown field of network 'size'"),
    ],
)
def test_an_invalid_file_is_refused(changed: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    path.write_text(json.dumps(OWN | changed), "utf-8")
    with pytest.raises(AccountingError) as caught:
        load_machine(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [("[1]", "contains [1]; it must be an object"), ("{", "not valid JSON"), ("{}", "name is mi")],
)
def test_another_file_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    path.write_text(text, "utf-8")
    with pytest.raises(AccountingError, match=re.escape(message)):
        load_machine(path)


def test_figures_offer_some_of_them() -> None:
    assert set(SHOWN_MACHINES) < set(MACHINES)
    assert OnMachine(machine="H200").machine == "h200"
    with pytest.raises(AccountingError, match="machine is 'v100'; figures offer a100, h100"):
        OnMachine(machine="v100")
