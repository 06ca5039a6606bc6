"""Texts of the tree as words in the language asked for, and the printed words of the documents themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.audit.entries import Text
from server.audit.report.languages import missing
from server.criteria.model import Language
from server.documents.printed import Document, Languages, Run, Words

TERMS: dict[str, Text] = {
    "contents": Text(zh="目录", en="Contents"),
    "page": Text(zh="第 {page} 页 共 {pages} 页", en="Page {page} of {pages}"),
    "photo": Text(zh="照片", en="Photo"),
    "photos": Text(zh="照片附录", en="Photo appendix"),
    "documents": Text(zh="附件影像", en="Attached documents"),
    "no_file": Text(zh="无文件", en="No file"),
    "none": Text(zh="无", en="None"),
    "not_told": Text(zh="—", en="—"),
    "empty": Text(zh="未填", en="Not filled in"),
    "empties": Text(zh="未填的报告项", en="Elements not filled in"),
    "conflict": Text(zh="两个版本", en="Two versions"),
    "imported": Text(zh="按导入记载", en="as imported"),
    "on_paper": Text(zh="纸上已签", en="signed on paper"),
    "name": Text(zh="姓名", en="Name"),
    "position": Text(zh="职务", en="Position"),
    "file_by": Text(
        zh="签好后整张拍照（连同二维码）归档。",
        en="Photograph the whole signed sheet, its code included, and file it.",
    ),
    "drawn": Text(zh="手写签名图样", en="picture of a handwritten signature"),
    "unsigned": Text(zh="待签", en="to be signed"),
    "edited": Text(zh="已改", en="edited"),
    "sources": Text(zh="依据", en="Based on"),
    "findings": Text(zh="不符合、改进机会及亮点清单", en="Nonconformities, opportunities and strengths"),
    "others": Text(zh="其他审核记录", en="Other audit records"),
    "untranslated": Text(zh="未翻译的文字", en="Texts not translated"),
    "untranslated_note": Text(
        zh="带†的文字只有一种语言，按原文印出，列在下面。",
        en="Text marked † was written in one language only. It is printed as written and listed here.",
    ),
    "mark_note": Text(
        zh="带†的文字只有一种语言，按原文印出。",
        en="Text marked † was written in one language only and is printed as written.",
    ),
    "attending": Text(zh="签到", en="Who attended"),
    "team": Text(zh="审核组", en="Audit team"),
    "drafted": Text(
        zh="由审核日志第{seq}条（{head}）汇编", en="Compiled at entry {seq} of the audit journal ({head})"
    ),
    "client": Text(zh="受审核方", en="Client"),
    "clauses": Text(zh="条款", en="Clauses"),
    "record": Text(zh="审核记录", en="Record"),
    "outcome": Text(zh="结果", en="Outcome"),
    "evidence": Text(zh="方式", en="How"),
    "department": Text(zh="部门", en="Department"),
    "process": Text(zh="过程", en="Process"),
    "auditor": Text(zh="审核员", en="Auditor"),
    "escort": Text(zh="陪同人员", en="Accompanied by"),
    "people": Text(zh="受访人员", en="Interviewed"),
    "date": Text(zh="日期", en="Date"),
    "unsorted": Text(zh="待归类", en="Not yet sorted"),
    "number": Text(zh="编号", en="Number"),
    "grade": Text(zh="等级", en="Grade"),
    "statement": Text(zh="陈述", en="Statement"),
    "objective_evidence": Text(zh="客观证据", en="Evidence"),
    "requirement": Text(zh="要求", en="Requirement"),
    "grading_reason": Text(zh="分级理由", en="Reason for the grade"),
    "follow_up": Text(zh="跟踪方式", en="Follow-up"),
    "due": Text(zh="整改期限", en="Due"),
    "verification": Text(zh="验证", en="Verification"),
    "nonconformity": Text(zh="不符合", en="Nonconformity"),
    "no_nonconformity": Text(zh="没有不符合。", en="There is no nonconformity."),
    "opportunity": Text(zh="改进机会", en="Opportunity for improvement"),
    "strength": Text(zh="亮点", en="Strength"),
    "where": Text(zh="位置", en="Where"),
    "text": Text(zh="原文", en="Text as written"),
    "element": Text(zh="报告项", en="Element"),
    "outline": Text(zh="基本情况", en="Outline"),
    "no_time": Text(zh="时间未定", en="Time not fixed"),
    "no_plan": Text(zh="还没有排日程。", en="There is no schedule yet."),
    "nothing": Text(zh="没有记录。", en="Nothing was recorded."),
}

_NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVALID = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean(text: str) -> str:
    """Text as it can stand in XML and PDF: control characters become their numbers, nothing vanishes."""
    return _INVALID.sub(_numbered, _NEWLINES.sub("\n", text)).replace("\t", "    ")


def _numbered(found: re.Match[str]) -> str:
    return f"[U+{ord(found[0]):04X}]"


def words(text: Text, lang: Languages) -> Words:
    """A text in the language asked for; in the other, marked, where it was written in that one only."""
    zh, en, lacking = text.zh.strip(), text.en.strip(), missing(text)
    if not zh or not en or zh == en:
        only = clean(zh or en)
        written: Language = "en" if lacking == "zh" or (not lacking and lang == "en") else "zh"
        marked = bool(lacking) and (lang == "both" or lacking == lang)
        return [Run(text=only, lang=written, mark=marked)] if only else []
    if lang == "both":
        return [Run(text=clean(zh), lang="zh"), Run(text=clean(en), lang="en")]
    return [Run(text=clean(zh if lang == "zh" else en), lang=lang)]


def plain(text: str, lang: Languages) -> Words:
    """Something that is the same in every language: a number, a date, a name."""
    return [Run(text=clean(text), lang="en" if lang == "en" else "zh")] if text.strip() else []


def named(names: Sequence[str], in_english: Sequence[str], lang: Languages) -> str:
    """People in one line; in English as they are written there, else as they stand."""
    if lang != "en":
        return "、".join(names)
    known = dict(enumerate(in_english))
    return ", ".join(known.get(at) or name for at, name in enumerate(names))


def term(name: str, lang: Languages) -> Words:
    """A printed word of the documents."""
    return words(TERMS[name], lang)


def flat(listed: Words) -> str:
    """Words in one line: 目录 Contents."""
    return " ".join(run.text for run in listed)


def length(listed: Words) -> int:
    """How much room words take in a line, in Chinese characters; Latin letters count half."""
    return max((sum(2 if ord(c) > 0x2E80 else 1 for c in run.text) // 2 for run in listed), default=0)


def drafted(document: Document) -> Words:
    """At which head of the journal the document was made."""
    seq, _, digest = document.head.partition(" · ")
    listed = words(TERMS["drafted"], document.lang)
    return [Run(text=one.text.format(seq=seq, head=digest), lang=one.lang) for one in listed]
