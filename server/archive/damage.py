"""What verification finds, as sentences for people."""

from __future__ import annotations

from server.journal.verify import Damage

_ZH = {
    "changed": "第{seq}条被改动，与哈希链不符",
    "missing": "缺第{seq}条",
    "swapped": "第{seq}条与另一条互换了位置",
    "added": "第{seq}条在日志末尾之后",
    "head": "日志末尾的序号或哈希不符",
    "cut_off": "末尾被截断：没有条目具有所给的哈希",
    "standing": "第{seq}条（提交）之前的收录状态在提交后被改动",
    "erased": "第{seq}条已按规定删除",
}


def sentence(damage: Damage) -> tuple[str, str]:
    """One damage in Chinese and English."""
    zh = _ZH[damage.problem].format(seq=damage.seq)
    en = f"entry {damage.seq} {damage.problem}"
    return zh, f"{en}: {damage.detail}" if damage.detail else en
