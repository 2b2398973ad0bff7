"""How long a training run takes and what it costs, with every assumption shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import traitlets

from cs336_core.accounting import (
    MACHINES,
    TrainingBytes,
    TrainingRun,
    count_parameters,
    training_bytes,
    training_flops,
    training_run,
)
from cs336_core.accounting.reported import reported_runs
from cs336_core.accounting.units import (
    bytes_text,
    count_text,
    flops_text,
    percent_text,
    scientific_text,
    seconds_text,
    three_digits,
)
from cs336_core.model.presets import preset, preset_title
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.machines import OnMachine, precision_on
from cs336_core.ui.state_schema import Integer, Number, WidgetError, refusals

CHINCHILLA = 20  # tokens per parameter, about (Hoffmann et al. 2022, table 3)
BILLION = 1_000_000_000
MODELS = (
    *("gpt2-xl", "gpt3-175b", "llama-2-70b", "llama-3-8b", "llama-3-70b", "llama-3.1-405b"),
    *("mixtral-8x7b", "qwen2.5-7b", "deepseek-v3"),
)


class TrainingCalculator(OnMachine, CourseWidget):
    """Time, machine-hours, cost and memory of a training run: 6 FLOPs per parameter and token.

    Args:
        model: the name of a preset, or a number of parameters.
        tokens: how many tokens the model is trained on.
        machine: the key of a machine, such as "h100".
        precision: what the machine computes in; by default bf16, if the machine has it.
        n_machines: how many machines there are, from 1 to 1,048,576.
        mfu: the fraction of their peak that the run reaches, from 0.01 to 1.
        price: the price of one machine for an hour, in any currency. Like the rest, an assumption.
        models: presets that the reader can choose.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for an unknown preset or machine, with the nearest name, for a precision that
            the machine lacks, and for a number that is out of bounds.

    """

    model = traitlets.Unicode("").tag(sync=True, url=True)
    billion_params = Number(70.0, min=0.001, max=100_000.0).tag(sync=True, url=True)
    billion_tokens = Number(15_000.0, min=0.001, max=1_000_000.0).tag(sync=True, url=True)
    n_machines = Integer(1024, min=1, max=2**20).tag(sync=True, url=True)
    mfu = Number(0.5, min=0.01, max=1.0).tag(sync=True, url=True)
    price = Number(2.0, min=0.0, max=1000.0).tag(sync=True, url=True)
    models: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)

    def __init__(
        self,
        model: str | float = 70e9,
        tokens: float = 15e12,
        *,
        models: Iterable[str] = MODELS,
        **state: Any,
    ) -> None:
        name, names = model if isinstance(model, str) else "", list(models)
        if name and name not in names:
            names.append(name)
        with refusals():
            counted = [_counted(known) for known in names]
        if isinstance(model, str):
            params: float = next(known["params"] for known in counted if known["name"] == name)
        else:
            params = model
        super().__init__(
            model=name,
            billion_params=params / BILLION,
            billion_tokens=tokens / BILLION,
            models=counted,
            **state,
        )

    @property
    def params(self) -> int:
        """All parameters, which memory has to hold."""
        return self._of_model("params") or round(self.billion_params * BILLION)

    @property
    def active_params(self) -> int:
        """Parameters that compute for a token: of the experts, only those it is routed to."""
        return self._of_model("active_params") or round(self.billion_params * BILLION)

    @property
    def tokens(self) -> int:
        """How many tokens the model is trained on."""
        return round(self.billion_tokens * BILLION)

    @property
    def run(self) -> TrainingRun:
        """Time, machine-hours and cost.

        >>> round(TrainingCalculator(70e9, 15e12).run.days)
        144
        """
        chosen = MACHINES[self.machine]
        return training_run(
            training_flops(self.active_params, self.tokens),
            chosen,
            self.n_machines,
            mfu=self.mfu,
            precision=precision_on(chosen, self.precision),
            price_per_hour=self.price,
        )

    @property
    def memory(self) -> TrainingBytes:
        """The memory of all machines together, without activations."""
        return training_bytes(self.params)

    def _of_model(self, name: str) -> int | None:
        found = (model[name] for model in self.models if model["name"] == self.model)
        return next(found, None)

    @traitlets.validate("model")
    def _offered_model(self, proposal: Any) -> str:
        name: str = proposal["value"]
        names = [model["name"] for model in self.models]
        if name and name not in names:
            raise WidgetError(f"model is {name!r}; it must be one of {', '.join(names)}, or ''")
        return name

    @classmethod
    def example(cls) -> Self:
        """Return a run of DeepSeek-V3, a mixture of experts."""
        return cls("deepseek-v3")

    def fallback_html(self) -> str:
        """Return a table of the results, with the assumptions in its caption."""
        run, stored, chosen = self.run, self.memory.total, MACHINES[self.machine]
        precision, part = precision_on(chosen, self.precision), stored / self.n_machines
        fits = "fits in" if part <= chosen.memory_bytes else "does not fit in"
        memory = bytes_text(chosen.memory_bytes)
        results = [
            ("FLOPs", scientific_text(run.flops)),
            ("Time", seconds_text(run.seconds)),
            ("Machine-hours", f"{run.machine_hours:,.0f}"),
            ("Cost", f"{run.cost:,.0f}"),
            ("Tokens per parameter", three_digits(self.tokens / self.active_params)),
            ("Memory without activations", bytes_text(stored)),
            ("Per machine, split evenly", f"{bytes_text(part)}, which {fits} {memory}"),
        ]
        return table_html(
            f"Training {count_text(self.active_params)} parameters on {count_text(self.tokens)} "
            f"tokens, 6 FLOPs per parameter and token. Assumed: {self.n_machines:,} "
            f"{chosen.name}, each with a peak of {flops_text(chosen.peak(precision), 'FLOP/s')} in "
            f"{precision}, of which the run reaches {percent_text(self.mfu)}; {self.price:.2f} per "
            f"machine-hour; 16 bytes per parameter. Chinchilla was trained on about {CHINCHILLA} "
            "tokens per parameter.",
            ("", ""),
            (f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in results),
        )


def _counted(name: str) -> dict[str, Any]:
    """Return a preset with its parameters and, if there is one, its reported training run."""
    counted, run = count_parameters(preset(name)), reported_runs().get(name)
    return {
        "name": name,
        "title": preset_title(name),
        "params": counted.total,
        "active_params": counted.active,
        "reported": run
        and {
            "tokens": run.tokens,
            "machine_hours": run.machine_hours,
            "machine": run.machine.name,
            "precision": run.precision,
            "flops_per_second": run.machine.peak(run.precision),
            "source": run.source,
        },
    }
