"""The sentences of the plan's checks and of the reckoning of auditor-days, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from server.audit.entries import Text

IssueCode = Literal[
    "overlap",
    "during_break",
    "clause_unplanned",
    "last_chance",
    "main_unplanned",
    "nobody_answers",
    "competence",
    "too_little_on_site",
    "rest_off_site",
    "agreed_below_rules",
    "days_unknown",
    "no_reason",
    "outside_dates",
    "backwards",
    "no_time",
    "no_auditor",
    "no_clauses",
    "no_place",
    "no_meeting",
    "before_opening",
    "after_closing",
    "no_stops",
]

SENTENCES: Mapping[str, Text] = {
    "overlap": Text(
        zh="{name} {from}–{to}同时安排在{stop}和{other}。",
        en="{name} is planned at {stop} and at {other} at once, {from}–{to}.",
    ),
    "during_break": Text(
        zh="{stop}跨过{other}，午休和路途{minutes}分钟不计入审核时间。",
        en="{stop} runs through {other}: {minutes} min of break or travel count as no audit time.",
    ),
    "clause_unplanned": Text(
        zh="{letter}还有{count}个条款没有安排：{codes}。",
        en="{letter}: clauses not planned yet ({count}): {codes}.",
    ),
    "last_chance": Text(
        zh="本周期最后一次机会：{letter}有{count}个条款一直没有抽到，本次也没有安排：{codes}。",
        en="{letter}: {count} clauses not seen in this cycle and not planned, its last chance: {codes}.",
    ),
    "main_unplanned": Text(
        zh="{department}主责的{codes}没有安排到该部门。",
        en="{department} answers for {codes}, but no stop there has them.",
    ),
    "nobody_answers": Text(
        zh="矩阵里没有部门主责{letter}的{codes}。",
        en="The matrix has no department that answers for {codes} of {letter}.",
    ),
    "too_little_on_site": Text(
        zh="计划现场{planned}人日；要求{required}人日，其中现场至少{least}人日。",
        en="{planned} auditor-days on site are planned; of {required} required, {least} have to be on site.",
    ),
    "rest_off_site": Text(
        zh="计划现场{planned}人日，要求{required}人日；其余{rest}人日为准备和编写报告。",
        en="{planned} of {required} auditor-days are on site; {rest} are left to prepare and to report.",
    ),
    "agreed_below_rules": Text(
        zh="认定{agreed}人日，少于按规则算出的{required}人日。请补充减少的理由，或改认定人日。",
        en="{agreed} auditor-days are agreed, the rules give {required}. Give reasons, or change it.",
    ),
    "days_unknown": Text(
        zh="还算不出要求的人日：{why}",
        en="The auditor-days required can't be worked out yet: {why}",
    ),
    "no_reason": Text(
        zh="{percent}的减少没有写理由，不计。",
        en="A reduction of {percent} has no reason and isn't counted.",
    ),
    "outside_dates": Text(
        zh="{stop}在{day}，不在审核日期{from}至{to}内。",
        en="{stop} is on {day}, outside the audit's dates {from} to {to}.",
    ),
    "backwards": Text(zh="{stop}的结束不晚于开始。", en="{stop} does not end after it begins."),
    "no_time": Text(zh="{stop}还没有时间。", en="{stop} has no time yet."),
    "no_auditor": Text(zh="{stop}还没有审核员。", en="{stop} has no auditor yet."),
    "no_clauses": Text(zh="{stop}没有条款。", en="{stop} has no clauses."),
    "no_place": Text(zh="{stop}没有部门，也没有过程。", en="{stop} has neither department nor process."),
    "no_meeting": Text(zh="计划里没有{meeting}。", en="The plan has no {meeting}."),
    "before_opening": Text(zh="{stop}在首次会议之前开始。", en="{stop} begins before the opening meeting."),
    "after_closing": Text(
        zh="{stop}在末次会议开始之后才结束。", en="{stop} ends after the closing meeting has begun."
    ),
    "no_stops": Text(
        zh="计划里还没有站。先填矩阵，再点「由矩阵生成日程」。",
        en="The plan has no stops. Fill in the matrix, then make the schedule from it.",
    ),
}
"""By code of an issue; the sentences about competence come from `competence`."""

MEETINGS: Mapping[str, Text] = {
    "opening": Text(zh="首次会议", en="opening meeting"),
    "closing": Text(zh="末次会议", en="closing meeting"),
}

LEVELS: Mapping[str, Text] = {
    "high": Text(zh="高", en="high"),
    "medium": Text(zh="中", en="medium"),
    "low": Text(zh="低", en="low"),
    "limited": Text(zh="有限", en="limited"),
}
"""Complexity or risk."""

LINES: Mapping[str, Text] = {
    "base": Text(
        zh="有效人数{headcount}，复杂程度或风险{level}：初次审核",
        en="effective headcount {headcount}, complexity or risk {level}: initial audit",
    ),
    "factor": Text(zh="本次审核类型取{factor}", en="this type of audit takes {factor}"),
    "adjusted": Text(zh="{percent}：{reason}", en="{percent}: {reason}"),
    "no_reason": Text(zh="{percent}没有理由，不计", en="{percent} without a reason: not counted"),
    "capped": Text(zh="减少合计以{percent}为限", en="reductions together are {percent} at most"),
    "sum": Text(zh="各体系合计", en="all schemes"),
    "together": Text(zh="结合审核{percent}", en="audited together: {percent}"),
    "rounded": Text(zh="按{step}人日取整", en="rounded to {step} days"),
    "no_headcount": Text(zh="还没有填有效人数。", en="The effective headcount has not been filled in."),
    "no_rule": Text(
        zh="这个体系没有人日规则，请填认定人日。", en="No rule for this scheme: fill in the days agreed."
    ),
    "no_factor": Text(
        zh="这种审核类型没有人日规则，请填认定人日。",
        en="No rule for this type of audit: fill in the days agreed.",
    ),
    "beyond": Text(
        zh="有效人数{headcount}超出表格，请填认定人日。",
        en="An effective headcount of {headcount} is beyond the table: fill in the days agreed.",
    ),
}
"""By code of a line of the reckoning."""
