"""The sentences of `competence`: what speaks against who audits what, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from server.audit.entries import Text

Code = Literal[
    "no_leader",
    "ec_without_q",
    "leader_not_registered",
    "no_registration",
    "interest",
    "code_uncovered",
    "not_in_team",
    "alone",
    "trainee_alone",
    "not_registered",
    "expired",
    "provisional",
    "joint_needs_q",
    "professional",
]

REASONS: Mapping[Code, Text] = {
    "no_leader": Text(zh="审核组还没有组长。", en="The team has no leader yet."),
    "ec_without_q": Text(
        zh="GB/T 50430（EC）只能与质量管理体系（Q）一起审核。",
        en="GB/T 50430 (EC) is audited together with the quality management system (Q) only.",
    ),
    "leader_not_registered": Text(
        zh="组长{name}在本次审核的体系里没有有效的审核员注册。",
        en="The leader {name} holds no valid registration as an auditor for any scheme of this audit.",
    ),
    "no_registration": Text(
        zh="{name}没有登记注册资格，无法核对能审哪些体系。",
        en="{name} has no registration on record, so what they may audit can't be checked.",
    ),
    "interest": Text(
        zh="{name}与本客户有利益关系（{kind}，{period}），{years}年内不得参加审核。",
        en="{name} declared a tie with this client ({kind}, {period}): no audit within {years} years.",
    ),
    "code_uncovered": Text(
        zh="审核组里没有人有{letter}专业代码{codes}，也没有技术专家。",
        en="Nobody in the team holds professional code {codes} for {letter}, and there is no expert.",
    ),
    "not_in_team": Text(
        zh="{stop}：安排的人不在审核组里。", en="{stop}: somebody assigned here is not in the team."
    ),
    "alone": Text(
        zh="{stop}：{name}是{role}，不能单独去，须有审核员同行。",
        en="{stop}: {name} is there as {role}, which needs an auditor beside.",
    ),
    "trainee_alone": Text(
        zh="{stop}：{name}是实习审核员，须在审核员指导下审核。",
        en="{stop}: {name} is a trainee and audits with an auditor beside only.",
    ),
    "not_registered": Text(
        zh="{stop}：{name}没有{letter}的注册。", en="{stop}: {name} holds no registration for {letter}."
    ),
    "expired": Text(
        zh="{stop}：{name}的{letter}注册到{until}为止，当天已过期。",
        en="{stop}: {name}'s registration for {letter} ended on {until}.",
    ),
    "provisional": Text(
        zh="{stop}：{name}在{letter}是实习级别，须有该体系的审核员同行。",
        en="{stop}: {name} is provisional for {letter}: an auditor of that scheme has to be beside.",
    ),
    "joint_needs_q": Text(
        zh="{stop}：{name}审EC，但没有有效的Q注册。",
        en="{stop}: {name} audits EC without a valid registration for Q.",
    ),
    "professional": Text(
        zh="{stop}是专业过程：没有人有{letter}专业代码{codes}，也没有技术专家同行。",
        en="{stop} is a professional process: nobody with code {codes} for {letter} is there, nor an expert.",
    ),
}
"""Sentences by code; their places are filled with a shortfall's values."""

ROLE_NAMES: Mapping[str, Text] = {
    "expert": Text(zh="技术专家", en="technical expert"),
    "interpreter": Text(zh="翻译", en="interpreter"),
    "observer": Text(zh="观察员", en="observer"),
    "witness": Text(zh="见证评审员", en="witness assessor"),
}
INTEREST_KINDS: Mapping[str, Text] = {
    "consulting": Text(zh="咨询", en="consulting"),
    "training": Text(zh="培训", en="training"),
    "internal_audit": Text(zh="内部审核", en="internal audit"),
    "employment": Text(zh="任职", en="employment"),
    "shares": Text(zh="持股", en="shares"),
    "family": Text(zh="亲属关系", en="family"),
    "other": Text(zh="其他", en="other"),
}
"""Kinds of declared interest, in the order in which forms offer them."""
