"""The kinds of anomaly rules and their parameters, as data; checking a rule's document. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.settlement.monitoring.errors import RuleParameterWrong, UnknownRuleKind

PPM = 1_000_000
SCOPE_FIELDS = ("currency", "parties")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a kind: its unit (minor, count, ppm, hours, minutes, choice), default and bounds."""

    name: str
    unit: str
    zh: str
    en: str
    default: int | str
    low: int = 1
    high: int = 10**15
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of rule: what it looks for, its parameters, the unit of the value it reports.

    `unit` empty: it follows the parameter `measure` (count, or minor for a sum). `about_money`: a threshold in
    minor units says nothing without a currency, so the scope must name one.
    """

    code: str
    zh: str
    en: str
    meaning_zh: str
    meaning_en: str
    parameters: tuple[Parameter, ...]
    unit: str
    about_money: bool = False

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of this name, if the kind has one."""
        return next((one for one in self.parameters if one.name == name), None)


EVENTS = ("order", "refund", "charge", "correction", "statement", "payout")
FLOWS = ("order", "refund", "charge", "correction", "payout")
GRAVITIES = ("info", "warning", "critical")
WAITING = (
    "refund_waiting", "dispute", "statement", "shadow_difference", "difference", "receipt", "payout", "approval",
    "deposit", "contract",
)  # fmt: skip


def _window(default: int) -> Parameter:
    return Parameter("window_hours", "hours", "时间窗（小时）", "window in hours", default, 1, 24 * 92)


def _floor(zh: str, en: str) -> Parameter:
    return Parameter("floor_minor", "minor", zh, en, 0, 0)


def _threshold(unit: str, zh: str, en: str, default: int, high: int = 10**15) -> Parameter:
    return Parameter("threshold", unit, zh, en, default, 1, high)


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "amount_above", "单笔金额超限", "Single amount above",
            "一笔单据的金额达到门槛。", "One document's amount reaches the threshold.",
            (
                Parameter("what", "choice", "单据", "documents", "order", choices=EVENTS),
                _threshold("minor", "金额门槛", "amount from", 1_000_000),
            ),
            "minor", True,
        ),
        Kind(
            "velocity", "频次与流量", "Velocity",
            "一个商户在一个时间窗内的笔数或金额达到门槛。",
            "The number or the sum of a party's documents within a window reaches the threshold.",
            (
                Parameter("what", "choice", "单据", "documents", "refund", choices=FLOWS),
                Parameter("measure", "choice", "计量", "measure", "count", choices=("count", "sum")),
                _window(24),
                _threshold("measure", "门槛", "threshold", 100),
            ),
            "",
        ),
        Kind(
            "refund_ratio", "退款率过高", "Refund ratio",
            "一个商户在时间窗内接受的退款占同期下单金额的比例达到门槛。",
            "A party's accepted refunds in a window, as a share of what was ordered in it, reach the threshold.",
            (
                _window(24 * 7),
                _threshold("ppm", "退款率门槛", "ratio from", 200_000, 100 * PPM),
                _floor("退款额至少", "refunds of at least"),
            ),
            "ppm",
        ),
        Kind(
            "fee_ratio", "扣费比例过高", "Fees above a share of the goods",
            "一个订单对一方的扣费（含分账）占其货款的比例达到门槛。",
            "What an order's fees and splits take from a party, as a share of its goods, reaches the threshold.",
            (
                _threshold("ppm", "比例门槛", "share from", 300_000, 100 * PPM),
                _floor("货款至少", "goods of at least"),
            ),
            "ppm",
        ),
        Kind(
            "statement_swing", "结算额剧变", "Statement net swings",
            "一张已关账结算单的应结净额与该方前几张的平均值相差的比例达到门槛。",
            "A closed statement's net differs from the mean of the ones before it by the threshold.",
            (
                Parameter("history", "count", "对比前几张", "statements to compare with", 3, 1, 24),
                _threshold("ppm", "变动比例门槛", "change from", 2 * PPM, 1000 * PPM),
                _floor("变动金额至少", "change of at least"),
            ),
            "ppm",
        ),
        Kind(
            "new_receiver_payout", "新收款账户大额付款", "Large payout to a new receiver",
            "收款账户核验后不久就有一笔达到门槛的付款。",
            "A payout from the threshold on goes to a receiver that was verified shortly before.",
            (_window(24 * 14), _threshold("minor", "金额门槛", "amount from", 1_000_000)),
            "minor", True,
        ),
        Kind(
            "payout_failures", "付款失败率过高", "Payouts fail",
            "时间窗内失败和退回的付款占已了结付款的比例达到门槛。",
            "Failed and returned payouts, as a share of those that came to an end in a window, reach the threshold.",
            (
                _window(24 * 7),
                _threshold("ppm", "失败率门槛", "share from", 100_000, PPM),
                Parameter("floor_count", "count", "已了结付款至少", "payouts ended, at least", 5),
            ),
            "ppm",
        ),
        Kind(
            "ageing", "久未处理", "Waiting too long",
            "等待处理的事项（待匹配退款、争议、待确认结算单、差异、待认收款、在途付款、待审批单据、待补保证金、到期合同）超过时限。",
            "Something that waits (a refund without order, a dispute, a statement, a difference, a receipt, a payout"
            " on its way, an approval, a deposit asked for, a contract to renew) is older than allowed.",
            (
                Parameter("what", "choice", "事项", "what waits", "dispute", choices=WAITING),
                _threshold("hours", "时限（小时）", "age from (hours)", 24 * 7, 24 * 3650),
            ),
            "hours",
        ),
        Kind(
            "invariant_violated", "账不平", "Invariant violated",
            "自检发现违反不变量的行。", "A self-check found rows that break an invariant.",
            (_threshold("count", "行数门槛", "rows from", 1),),
            "count",
        ),
        Kind(
            "job_late", "任务迟滞", "Job late",
            "后台任务到点后迟迟没有完成。", "A background job is not done so long after it was due.",
            (_threshold("minutes", "时限（分钟）", "late from (minutes)", 60, 60 * 24 * 366),),
            "minutes",
        ),
        Kind(
            "job_failed", "任务失败", "Job failed",
            "同一任务在时间窗内失败的次数达到门槛。", "A task failed that often within a window.",
            (_window(24), _threshold("count", "失败次数门槛", "failures from", 1)),
            "count",
        ),
        Kind(
            "backup_too_old", "备份过旧", "Backup too old",
            "最近一次好的备份早于时限，或从未备份。",
            "The latest good backup is older than allowed, or there is none.",
            (_threshold("hours", "时限（小时）", "age from (hours)", 48, 24 * 3650),),
            "hours",
        ),
        Kind(
            "security_finding", "安全审计发现", "Security audit found",
            "安全审计发现了某一级别的问题。", "The security audit found something of a gravity.",
            (Parameter("severity", "choice", "级别", "gravity", "critical", choices=GRAVITIES),),
            "count",
        ),
    )
}  # fmt: skip


def kind_of(code: str) -> Kind:
    """This function will return the kind with this code. Raises UnknownRuleKind."""
    found = KINDS.get(code)
    if found is None:
        raise UnknownRuleKind(
            f"there is no kind of anomaly rule {code!r}; the kinds are {', '.join(KINDS)}", kind=code
        )
    return found


def checked_parameters(kind: Kind, given: Mapping[str, Any]) -> dict[str, int | str]:
    """This function will return the kind's parameters, each given one checked and missing ones by default.

    Raises RuleParameterWrong, naming the parameter and what it may be.
    """
    for name in given:
        if kind.parameter(name) is None:
            known = ", ".join(one.name for one in kind.parameters)
            raise RuleParameterWrong(
                f"the kind {kind.code} has no parameter {name!r}; it has {known}", parameter=name
            )
    return {one.name: _checked(one, given.get(one.name, one.default)) for one in kind.parameters}


def _checked(parameter: Parameter, value: Any) -> int | str:
    if parameter.choices:
        if value not in parameter.choices:
            raise RuleParameterWrong(
                f"the parameter {parameter.name} must be one of {', '.join(parameter.choices)}, not {value!r}",
                parameter=parameter.name,
            )
        return str(value)
    if type(value) is not int or not parameter.low <= value <= parameter.high:
        raise RuleParameterWrong(
            f"the parameter {parameter.name} must be a whole number from {parameter.low} to {parameter.high},"
            f" not {value!r}",
            parameter=parameter.name,
        )
    return value


def checked_scope(kind: Kind, parameters: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """This function will return the scope: `currency` (a code, or empty for all) and `parties` (codes).

    Raises RuleParameterWrong when it says something else, or no currency although amounts are compared.
    """
    unknown = sorted(set(given) - set(SCOPE_FIELDS))
    if unknown:
        raise RuleParameterWrong(
            f"a scope has no field {unknown[0]!r}; it has {', '.join(SCOPE_FIELDS)}", parameter=unknown[0]
        )
    currency, parties = given.get("currency") or "", given.get("parties") or []
    if not isinstance(currency, str) or not isinstance(parties, list):
        raise RuleParameterWrong(
            "a scope's currency is a code and its parties a list of codes", parameter="scope"
        )
    if not currency and (kind.about_money or compares_money(kind, parameters)):
        raise RuleParameterWrong(
            f"a rule of the kind {kind.code} that compares amounts needs a currency in its scope",
            parameter="currency",
        )
    return {"currency": currency, "parties": [str(code) for code in parties]}


def compares_money(kind: Kind, parameters: Mapping[str, Any]) -> bool:
    """This function will say whether a rule with these parameters compares minor units."""
    return parameters.get("measure") == "sum" or bool(parameters.get("floor_minor"))


def unit_of(kind: Kind, parameters: Mapping[str, Any]) -> str:
    """This function will return the unit of the values that a rule reports."""
    if kind.unit:
        return kind.unit
    return "minor" if parameters.get("measure") == "sum" else "count"


def longest_window_hours(rules: Sequence[Mapping[str, Any]]) -> int:
    """This function will return the longest window among these parameters, in hours; 0 without windows."""
    return max((int(one.get("window_hours", 0)) for one in rules), default=0)
