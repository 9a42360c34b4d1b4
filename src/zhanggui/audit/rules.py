"""What the security audit (安全审计) looks at, as data: how grave each is, in words, and its remedy. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CRITICAL, WARNING, INFO = "critical", "warning", "info"
SEVERITIES = (INFO, WARNING, CRITICAL)
"""The mildest first."""


@dataclass(frozen=True)
class SecurityCheck:
    """One thing that is looked at. `says_...` takes the particulars of a finding as holes."""

    code: str
    severity: str
    en: str
    zh: str
    says_en: str
    says_zh: str
    remedy_en: str
    remedy_zh: str

    def said(self, told: Mapping[str, Any], *, chinese: bool) -> str:
        """This function will return what was found, in a sentence."""
        return (self.says_zh if chinese else self.says_en).format(**told)


CHECKS: dict[str, SecurityCheck] = {
    one.code: one
    for one in (
        SecurityCheck(
            "factor_missing", CRITICAL, "Finance without a second factor", "财务人员没有二次验证",
            "{person} can move money and has no second factor.", "{person} 能动用资金，却没有设置二次验证。",
            "Have them set one up under “Security of my account”, or switch the log-in off.",
            "请本人在“我的账户安全”中设置，或停用该登录。",
        ),
        SecurityCheck(
            "factor_not_required", CRITICAL, "Second factor is not required", "未强制二次验证",
            "This installation offers a second factor to those who move money and does not require it.",
            "本系统只是提供二次验证，没有对动用资金的人强制要求。",
            "Set `ZHANGGUI_SECOND_FACTOR` to `required` and start again.",
            "请把 `ZHANGGUI_SECOND_FACTOR` 设为 `required` 后重新启动。",
        ),
        SecurityCheck(
            "duties_meet", WARNING, "Maker and checker in one person", "同一人兼有制单与复核",
            "{person} may both make and check what moves money.", "{person} 既能制单，又能复核资金单据。",
            "Take one of the roles away; nobody checks a document of their own, but two such people can check each"
            " other's everything.",
            "请收回其中一个角色。虽然没有人能复核自己的单据，但两个这样的人可以互相放行一切。",
        ),
        SecurityCheck(
            "approver_dormant", CRITICAL, "Approver who does not log in", "久未登录的审批人",
            "{person} may approve money and has not logged in for {days} days.",
            "{person} 能审批资金，却已 {days} 天没有登录。",
            "Switch the log-in off or take the role away; give it back when it is needed.",
            "请停用该登录或收回角色，需要时再给。",
        ),
        SecurityCheck(
            "person_dormant", WARNING, "Log-in nobody uses", "久未使用的登录",
            "{person} has not logged in for {days} days.", "{person} 已 {days} 天没有登录。",
            "Switch the log-in off.", "请停用该登录。",
        ),
        SecurityCheck(
            "person_without_role", INFO, "Log-in without a role", "没有角色的登录",
            "{person} can log in and holds no role.", "{person} 可以登录，但没有任何角色。",
            "Give a role, or switch the log-in off.", "请授予角色，或停用该登录。",
        ),
        SecurityCheck(
            "few_checkers", CRITICAL, "Too few checkers", "复核人不足",
            "{count} people may approve; {needed} are needed, beside the maker.",
            "能审批的有 {count} 人；除制单人外至少需要 {needed} 人。",
            "Give the controller's role and a limit to one more person.", "请再授予一人复核角色与审批额度。",
        ),
        SecurityCheck(
            "limit_without_checker", WARNING, "Approval limit without a checker", "有额度却没有复核人",
            "The limit {limit} belongs to a role that nobody holds.", "额度 {limit} 所属的角色没有人担任。",
            "Give the role to somebody, or set the limit to 0.", "请把角色授予某人，或把额度设为 0。",
        ),
        SecurityCheck(
            "limit_without_end", INFO, "Approval without a limit", "审批没有上限",
            "One person may approve any amount by the limit {limit}.", "按额度 {limit}，一个人可以审批任意金额。",
            "Set the most the role may approve, or an amount above which two people are needed.",
            "请设置该角色的审批上限，或设置超过多少需要两人审批。",
        ),
        SecurityCheck(
            "many_administrators", WARNING, "Many administrators", "管理员过多",
            "{count} people are administrators of the platform.", "平台管理员有 {count} 人。",
            "Take the role from those who do not need it: an administrator may do everything.",
            "请收回不需要的人的管理员角色：管理员什么都能做。",
        ),
        SecurityCheck(
            "key_unused", WARNING, "Key that is not used", "久未使用的密钥",
            "The key {key} of {person} was not used for {days} days.", "{person} 的密钥 {key} 已 {days} 天没有使用。",
            "Revoke it.", "请吊销它。",
        ),
        SecurityCheck(
            "key_without_end", WARNING, "Key without an end", "没有到期日的密钥",
            "The key {key} of {person} never expires.", "{person} 的密钥 {key} 永不过期。",
            "Issue a new one with an end, change the program over, and revoke this one.",
            "请签发一把有到期日的新密钥，程序改用后吊销这一把。",
        ),
        SecurityCheck(
            "key_approves", CRITICAL, "Key that may approve", "能审批的密钥",
            "A program with the key {key} of {person} may approve what moves money.",
            "持有 {person} 的密钥 {key} 的程序能够审批资金单据。",
            "Revoke it and issue one in a role that does not approve: a second look is a person's.",
            "请吊销它，改用不能审批的角色签发：复核应当由人来做。",
        ),
        SecurityCheck(
            "key_orphaned", INFO, "Key of nobody", "无主的密钥",
            "The key {key} belongs to {person}, who is switched off or lost the role.",
            "密钥 {key} 属于 {person}，而此人已停用或已失去该角色。",
            "Revoke it: it would work again if the person came back.", "请吊销它：此人恢复后它会重新生效。",
        ),
        SecurityCheck(
            "audit_chain_broken", CRITICAL, "Log of changes is broken", "操作日志链断裂",
            "The chain of the log of changes is broken at record {record}.", "操作日志的哈希链在第 {record} 条断裂。",
            "Stop paying, keep the database as it is, and compare with a backup: somebody wrote around the log.",
            "请停止付款，保留数据库现状，并与备份比对：有人绕过了日志写入。",
        ),
        SecurityCheck(
            "self_check_old", WARNING, "Self-check is overdue", "自检逾期",
            "The books were last checked {hours} hours ago, or never.",
            "账目上次自检已是 {hours} 小时前，或从未自检。",
            "Start a worker; it checks every hour.", "请启动后台进程；它每小时自检一次。",
        ),
        SecurityCheck(
            "self_check_found", CRITICAL, "Self-check found something", "自检有发现",
            "The latest self-check found {rows} offending rows.", "最近一次自检发现 {rows} 行不符。",
            "Look at the self-check, and do not pay before it is understood.", "请查看自检，弄清之前不要付款。",
        ),
        SecurityCheck(
            "backup_old", CRITICAL, "Backup is too old", "备份过旧",
            "The last good backup is {hours} hours old, or there is none.",
            "最近一次好的备份已是 {hours} 小时前，或从未备份。",
            "Back up now, and start a worker; it backs up every night.", "请立即备份，并启动后台进程；它每晚备份。",
        ),
        SecurityCheck(
            "backup_untested", WARNING, "Backup was never restored", "备份从未恢复过",
            "No backup was restored in the last {days} days.", "最近 {days} 天没有恢复过任何备份。",
            "Test the latest one: `zhanggui backup test`.", "请测试最近一份：`zhanggui backup test`。",
        ),
        SecurityCheck(
            "backup_without_keys", WARNING, "Backup without the keys", "备份不含密钥",
            "The latest backup does not hold the keys; what is sealed cannot be read from it alone.",
            "最近的备份不含密钥；仅凭它无法读出已封存的内容。",
            "Set `ZHANGGUI_BACKUP_PASSPHRASE`, or keep a copy of the key ring elsewhere.",
            "请设置 `ZHANGGUI_BACKUP_PASSPHRASE`，或把密钥环另存他处。",
        ),
        SecurityCheck(
            "keys_not_rotated", WARNING, "Keys are old", "密钥过旧",
            "The key that seals is {days} days old.", "当前封存密钥已使用 {days} 天。",
            "Run `zhanggui rotate-keys`.", "请运行 `zhanggui rotate-keys`。",
        ),
        SecurityCheck(
            "keys_unusable", CRITICAL, "Keys cannot be used", "密钥不可用",
            "Values are sealed and the key ring is missing, damaged or open to others.",
            "有内容已封存，而密钥环缺失、损坏或对他人开放。",
            "Put the key ring back from a backup, readable by its owner only.",
            "请从备份放回密钥环，并只允许属主读取。",
        ),
        SecurityCheck(
            "debugging", CRITICAL, "Debugging is on", "调试模式开启",
            "The server shows its insides to whoever makes it fail.", "服务器出错时会把内部信息展示给任何人。",
            "Take `ZHANGGUI_DEBUG` away and start again.", "请去掉 `ZHANGGUI_DEBUG` 后重新启动。",
        ),
        SecurityCheck(
            "cookies_in_the_clear", WARNING, "Cookies without https", "未经加密的登录凭证",
            "Log-in cookies are sent over plain http too.", "登录凭证也会通过未加密的连接发送。",
            "Put a proxy with https in front and name its address in `ZHANGGUI_ORIGINS`.",
            "请在前面放置加密代理，并把它的地址写入 `ZHANGGUI_ORIGINS`。",
        ),
        SecurityCheck(
            "sessions_long", INFO, "Sessions last long", "登录时限过长",
            "A log-in lasts {hours} hours, {idle} minutes without a request.",
            "一次登录可持续 {hours} 小时，{idle} 分钟无操作后退出。",
            "Set `ZHANGGUI_SESSION_HOURS` to 24 or less and `ZHANGGUI_SESSION_IDLE_MINUTES` to 240 or less.",
            "请把 `ZHANGGUI_SESSION_HOURS` 设为 24 以内，`ZHANGGUI_SESSION_IDLE_MINUTES` 设为 240 以内。",
        ),
    )
}  # fmt: skip


def sorted_by_gravity(codes: Any) -> list[str]:
    """This function will return codes of checks, the gravest first, in the order of the list above."""
    order = list(CHECKS)
    return sorted(codes, key=lambda code: (-SEVERITIES.index(CHECKS[code].severity), order.index(code)))
