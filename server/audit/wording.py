"""What a stranger would miss in a nonconformity, and what does not belong into it. Warns, never corrects.

ISO/IEC 17021-1:2015, 9.4.5.3: a nonconformity is a requirement, a statement and the evidence in detail; it
suggests neither cause nor solution. 9.4.5.2: a nonconformity is never filed as an opportunity.

The patterns are data that phones use as they are: only what Python's and JavaScript's expressions share.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from server.audit.entries import Clause, Finding
from server.criteria.model import ClauseRef

Code = Literal[
    "cause",
    "solution",
    "no_requirement",
    "no_evidence",
    "no_place",
    "no_time",
    "no_identity",
    "no_sample",
    "no_person",
    "clause_not_lowest",
    "opportunity_breach",
]

_COUNTED = "件份人家台批个次名项套条处张把瓶桶块支根组箱种柜袋卷"
_NUMBER = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|none)"

PATTERNS: dict[str, list[str]] = {
    # where it is found, it should not be
    "cause": [
        r"由于|因为|原因是|原因为|导致|所致|归因于",
        r"因[^。；，]{0,12}(?:不到位|不强|不足|不够|缺乏|疏忽|失误)",
        r"\b(?:because|due to|owing to|caused by|as a result of|root cause)\b",
    ],
    "solution": [
        r"建议|尽快|务必|须尽|加强|引入",
        r"(?:应|需|要|需要|应该|应当)(?:立即|尽快|及时|重新|补|完善|增加|建立|改|组织|培训|送)",
        r"\b(?:should|must be|recommend\w*|suggest\w*|ought to|needs? to be|has to be|have to be)\b",
    ],
    "opportunity_breach": [
        r"不符合|违反|不满足|超期|逾期|未(?:按|满足|执行|佩戴|达到|遵守|落实|配置|进行|实施|建立|保留)",
        r"\b(?:contrary to|violat\w+|in breach|nonconform\w+|not (?:meet|wear|comply|follow))\b",
        r"\b(?:was|were|is|are|did|do|does|has|have) not\b",
        r"\b(?:past its|as required by|expired)\b",
    ],
    # where it is not found, something is missing
    "place": [
        r"车间|仓库|库房|[化料品]仓|检验台|办公室|暂存间|配电[房间]|现场|工位|生产线|班组|岗位|实验室|食堂|宿舍|[部科]查",
        r"\b(?:workshop|store|line|bench|office|department|warehouse|site|room|area|shop|laboratory|plant|hall)\b",
    ],
    "time": [
        r"20\d\d\s*[-./年]\s*\d{1,2}",
        r"\d{1,2}\s*月\s*\d{1,2}\s*日|\b\d{1,2}:\d{2}\b",
        r"\b(?:January|February|March|April|May|June|July|August) (?:\d|of 20)",
        r"\b(?:September|October|November|December) (?:\d|of 20)",
    ],
    "identity": [
        r"[A-Za-z]{1,6}-?[A-Za-z]{0,4}-?\d{2,}|[A-Z]{1,4}\d*-\d+",
        r"(?:编号|批号|工号|证号|文号|合同号)\s*[:：]?\s*[A-Za-z0-9]",
        r"\d+\s*号[机柜线炉车罐库台]",
        r"\b(?:no|nos|number|lot|employees?|operators?|welder|machine)\.? ?\d+",
    ],
    "sample": [
        rf"[抽查看][^。；]{{0,24}}\d+\s*[{_COUNTED}]",
        rf"\d+\s*[{_COUNTED}](?:.|\n){{0,120}}\d+\s*[{_COUNTED}]",
        rf"\b{_NUMBER} of (?:the )?{_NUMBER}\b",
        r"\bof \d+ \w+|\b\d+ (?:[\w-]+ ){0,4}(?:sampled|checked|reviewed|looked at|were seen)\b",
        r"\bfiles of \d+",
    ],
    "person": [
        r"[员工师长]人|[检操作管计驾仓采购安]\S{0,2}员|员工|人员|工号|司机|焊工|操作工|经理|主任|主管|班长|组长|工程师|负责人|代表|总监|厂长",
        r"\b\w*(?:inspector|operator|storekeeper|driver|buyer|leader|technician|engineer|manager|welder|worker|employee)s?\b",
        r"\b(?:interviewed|people|persons?|staff|chaired by)\b",
    ],
    "read": [
        # Records were read: whose they are is the department's, nobody in particular has to be named.
        r"记录|清单|名录|资料|报告|台账|档案",
        r"\b(?:records?|minutes|list|register|files?|papers|reports?)\b",
    ],
}
"""By what they tell: expressions of which one is enough, in any language and case."""

_FLAGS = re.IGNORECASE | re.ASCII
"""As JavaScript's `i`: a Chinese character is no letter of a word."""

_compiled = {code: re.compile("|".join(patterns), _FLAGS) for code, patterns in PATTERNS.items()}


class Remark(Struct, frozen=True):
    """One warning; `words` are those of the text that led to it, empty where something is missing."""

    code: Code
    words: str = ""


def remarks(finding: Finding, is_lowest: Callable[[ClauseRef], bool]) -> list[Remark]:
    """What to say of a finding's wording, in either language in which it is written.

    `is_lowest` tells whether a clause has no sub-clause in the edition audited. Strengths are taken as they
    are.
    """
    statement = _both(finding.statement.zh, finding.statement.en)
    if finding.type == "opportunity":
        return _found("opportunity_breach", statement)
    if finding.type == "strength":
        return []
    made = [*_found("cause", statement), *_found("solution", statement)]
    if not _both(finding.requirement.zh, finding.requirement.en):
        made.append(Remark("no_requirement"))
    evidence = _both(finding.evidence.zh, finding.evidence.en)
    made += _missing(finding.department, statement, evidence) if evidence else [Remark("no_evidence")]
    made += [_too_high(clause) for clause in finding.clauses if not is_lowest(clause)][:1]
    return made


def _both(zh: str, en: str) -> str:
    return f"{zh}\n{en}".strip()


def _found(code: Code, text: str) -> list[Remark]:
    match = _compiled[code].search(text)
    return [Remark(code, match.group())] if match else []


def _missing(department: str, statement: str, evidence: str) -> list[Remark]:
    text = f"{statement}\n{evidence}"

    def says(what: str) -> bool:
        return _compiled[what].search(text) is not None

    checks: list[tuple[Code, bool]] = [
        ("no_place", bool(department) or says("place")),
        ("no_time", says("time")),
        ("no_identity", says("identity")),
        ("no_sample", says("sample")),
        ("no_person", says("person") or says("read")),
    ]
    return [Remark(code) for code, is_there in checks if not is_there]


def _too_high(clause: Clause) -> Remark:
    return Remark("clause_not_lowest", clause.code)
