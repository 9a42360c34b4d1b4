"""What programs get of alerts, anomaly rules, jobs, the funds view and reports. Amounts are minor units."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from zhanggui.portals.api.schemas.fields import PRINTABLE, Code, Day, Note, OptionalCode, Reason, Strict
from zhanggui.portals.api.schemas.outgoing import Paged


class AlertOut(Schema):
    """What a rule found. `value` and `threshold` are in `unit`: minor, count, ppm, hours or minutes."""

    id: int
    rule: str
    rule_version: int
    kind: str
    severity: str
    state: str
    subject_kind: str
    subject: str
    party: str
    currency: str
    window_from: datetime
    window_before: datetime
    value: int
    threshold: int
    unit: str
    rows: int
    assignee: str
    raised_at: datetime
    closed_at: datetime | None


class AlertEventOut(Schema):
    """One entry of an alert's history."""

    at: datetime
    actor: str
    act: str
    before: str
    after: str
    note: str


class AlertDetail(AlertOut):
    """An alert with its history."""

    history: list[AlertEventOut]


class AlertPage(Paged):
    """Alerts by id."""

    items: list[AlertOut]


class AlertStepIn(Strict):
    """The next state of an alert; closing it needs a note."""

    state: Literal["acknowledged", "handling", "false_alarm", "fixed", "accepted"]
    note: Annotated[str, Field(max_length=2000, pattern=PRINTABLE)] = ""


class AnomalyRuleIn(Strict):
    """A rule as it is to be from now on. Amounts in minor units of the scope's currency, shares in ppm."""

    code: Code
    kind: Code
    name: dict[str, str]
    parameters: Annotated[dict[str, int | str], Field(default_factory=dict)]
    scope: Annotated[dict[str, Any], Field(default_factory=dict)]
    severity: Literal["info", "warning", "critical"] = "warning"
    active: bool = True
    reason: Annotated[str, Field(max_length=500, pattern=PRINTABLE)] = ""


class AnomalyRuleOut(Schema):
    """One version of a rule."""

    code: str
    version: int
    kind: str
    name: dict[str, str]
    parameters: dict[str, int | str]
    scope: dict[str, Any]
    severity: str
    active: bool
    published_at: datetime
    published_by: str
    reason: str


class AnomalyRules(Schema):
    """Rules by code, each in its latest version."""

    items: list[AnomalyRuleOut]


class SwitchIn(Strict):
    """Whether the rule is to be in force, and why."""

    active: Annotated[bool, Field(strict=True)]
    reason: Annotated[str, Field(max_length=500, pattern=PRINTABLE)] = ""


class DryRunIn(Strict):
    """A rule of the list by its code, or one that is not published as a document; and the days to look at, the
    year up to the latest order when left away."""

    code: Code | None = None
    rule: AnomalyRuleIn | None = None
    first: Day | None = None
    last: Day | None = None


class MonthFound(Schema):
    """Findings whose window begins in a month; `known` are alerts already."""

    month: date
    found: int
    known: int


class Finding(Schema):
    """One finding of a dry run, the largest values first."""

    subject_kind: str
    subject: str
    currency: str
    window_from: datetime
    window_before: datetime
    value: int
    rows: int
    known: bool


class DryRunOut(Schema):
    """What a rule would raise; nothing was kept. Values are in `unit`."""

    first: date
    last: date
    found: int
    known: int
    unit: str
    by_month: list[MonthFound]
    samples: list[Finding]


class ParameterOut(Schema):
    """A parameter of a kind, its bounds and default."""

    name: str
    unit: str
    meaning: str
    default: int | str
    low: int
    high: int
    choices: list[str]


class RuleKindOut(Schema):
    """A kind of rule and what it takes."""

    kind: str
    name: str
    meaning: str
    unit: str
    parameters: list[ParameterOut]


class RuleKinds(Schema):
    """Every kind of anomaly rule."""

    items: list[RuleKindOut]


class AssigneeIn(Strict):
    """Whose alert it is: a log-in name, empty for nobody's."""

    assignee: OptionalCode
    note: Note = ""


class AlertNoteIn(Strict):
    """What was found out."""

    note: Reason


class JobOut(Schema):
    """A periodic job. The schedule is in UTC."""

    task: str
    meaning: str
    cron: str
    state: str
    next_at: datetime
    last_started_at: datetime | None
    last_ended_at: datetime | None
    last_result: str
    milliseconds: int | None
    failures: int
    error: str
    next_try_at: datetime | None


class Jobs(Schema):
    """All periodic jobs, and the workers that could run them."""

    workers: int
    stalled: int
    items: list[JobOut]


class JobRunIn(Strict):
    """Which job to run now."""

    task: Code


class JobRunOut(Schema):
    """The job that was put into the queue."""

    task: str
    job: int


class Funds(Schema):
    """What stands where at the end of a day, positive on the account's normal side."""

    party: str
    currency: str
    through: date | None
    standings: dict[str, int]


class Movement(Schema):
    """One movement of an account, with the balance after it."""

    number: int
    booked_date: date
    source: str
    reference: str
    amount_minor: int
    balance_minor: int


class FundFlow(Paged):
    """Movements in the order they were written."""

    items: list[Movement]


class OrderYield(Schema):
    """What an order yields for a merchant; the stations in `where` add up to `yields_minor`."""

    order_no: str
    party: str
    ordered_at: datetime
    currency: str
    ordered_minor: int
    goods_minor: int
    fees_minor: int
    refunds_minor: int
    other_minor: int
    yields_minor: int
    where: dict[str, int]
    place: str
    statement: str | None


class OrderYields(Paged):
    """Orders by their number inside the system."""

    items: list[OrderYield]


class ReportOut(Schema):
    """A report: its columns and rows; amounts in minor units."""

    report: str
    currency: str
    first: date
    last: date
    columns: list[str]
    rows: list[dict[str, Any]]
    totals: dict[str, int]
    cut: bool
