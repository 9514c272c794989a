"""What a piece of print can be, by its content alone: a name, a number, a range, a unit, a mark ...

Content is ambiguous on purpose: ``1`` may be a result, a row number or an arrow that the reader took for a digit;
``<5`` a result or a range. Every kind gets a weight; the column decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.text import NUMBER, RANGE, has_cjk, squeeze

__all__ = ["ARROWS", "Kind", "kinds", "main_kind", "unit_after_number"]


class Kind(StrEnum):
    NAME = "name"
    CODE = "code"
    NUMBER = "number"
    RANGE = "range"
    UNIT = "unit"
    FLAG = "flag"
    QUAL = "qual"
    METHOD = "method"
    LABEL = "label"
    DATE = "date"


ARROWS = "↑↓"

_NUMERATOR = (
    r"(?:[xX*]?10(?:\^|\*|~|'|\"|°|e|E)?\d{1,2}|[x*]?10[°º'\"]|x?1[eE]\d{1,2}|(?:[kKMm]?)(?:copies|cps|cp|geq)|[mμunpfkrnμ]{0,2}mo[l1I](?:Hb)?"
    r"|[mμunpfkhM]{0,2}(?:IU|iu|[UuAR]U?|AU|RU|PEU|g|[lL]|eq|Eq|Osm|osm|kat|cm|m|s|EU)|μ?[kK]?[uU]|个|cells?|Cell|Ery|Leu|RBC|WBC|[cC]ells?|cm|IFU|BU|GPL|MPL|PL|次|滴度|RFU)"
)
_DENOMINATOR = (
    r"(?:[mdμufpn]?[lLI1](?:iter)?|[dm][lL]|[mM][lL]|uL|HPF?|hpf?|LPF?|lpf?|kg|g(?:[cC]r|Hb|\.?cr)?|mg|24[hH]r?|[hH]r?|d|min|s|mmo[l1](?:[cC]r)?|mol|"
    r"1\.73\s?m\^?2|m\^?2|mm|cm2?|mm3|mm\^3|CO|天|小时|分|高倍|低倍|视野|高倍视野|低倍视野|100WBC|100|L\.min|gHb|gCr|mgCr)"
)
_UNIT = re.compile(
    rf"(?:x?{_NUMERATOR}(?:FEU|DDU|Hb|Cr)?(?:[/.·](?:{_DENOMINATOR})){{1,3}}(?:FEU|DDU|FeU)?"
    rf"|/(?:{_DENOMINATOR})|[mμun]?mo[l1]L|[mμun]gm?[lL]|[mμu]?[IU]U?m?L"
    r"|%|‰|[fF][LlI1]|pg|Pg|PG|fl|mm/?[hH](?:r)?|mmHg|kPa|[sS]|sec|SEC|Sec|秒|mmol|μmol|umol|nmol|pmol|mg|ng|μg|ug|IU|mIU|U|AU|RU|COI|[sS]/[cC][oO0]|[cC]\.?[oO]\.?[iI]"
    r"|[Rr]atio|RATIO|比值|INR|℃|cm|mm|[mM][lL]|L|g|个|度|岁|[cC]opies|log10|[lL]g(?:IU|copies)/m[lL]|[lL]og(?:IU)?/m[lL]|x?10\^?\d{1,2}|x10\d{1,2}|x?10/[mμu]?[lLI1]|ng/m[lL]FEU"
    r"|ml/\(?min.{0,3}1\.73\s?m\^?2\)?|m[lL]/min[^\[\]()↑↓<>≤≥]{0,12}|[μu]mol/\(?min.{0,3}L\)?|RLU|AI|Index|index|cutoff|\(-\)?%|kU_?A?/[lL]|NCU|DU|mmol/mol|g/d[lL]|个/[a-zA-Zμ]{1,3}|LU|EI|TU)"
)
_FLAG = re.compile(
    r"[↑↓]{1,3}[HLhl*]{0,2}|[HL]{1,2}[↑↓]{1,3}|HH|LL|[HL]|偏高|偏低|高|低|升高|降低|增高|减低|↑偏?高|↓偏?低|异常|\((?:偏高|偏低|升高|降低|增高|减低|高|低|异常)\)|\*{1,3}|HIGH|High|LOW|Low|危急|\(?[↑↓]\)?|[高低][↑↓]|[HL][*!]|!{1,2}|\(H\)|\(L\)"
)
_WEAK_FLAG = re.compile(r"[个1tfT→JjlI|丨!十4千下不寸忄彳+†‡N]|正常|[AP]|阳性?|[↗↘⬈⬊]|个个|11|TT|tt|JJ|-|--|M|R|C|S")
_SIGN = r"(?:[-+]{1,4}|±|\+-|\+/-|-/\+|-~\+|\+~\+{2,3}|\d\+|\+\d|-\+)"
_WORD = (
    r"弱?阴性?|弱?阳性?|(?:极?弱|强|中|低|高)阳性?|可疑(?:阳性)?|临界|未见(?:异常)?|未检出|检出|未查见|未查到|未找到|未发现|未生长|无生长|查见|找到|可见|见到"
    r"|(?:非|无)反应性?|有?反应性|non-?reactive|reactive|neg(?:ative)?\.?|pos(?:itive)?\.?|norm(?:al)?|trace|正常|异常|少许|偶见|少量|中量|大量|极少|微量"
    r"|满视野|满布|无|有|不足|充足|敏感|耐药|中介|合格|已做|未做|未测|复查|溶血|乳糜|均一性?|多形性|混合性|非均一性?|野生型|突变型?"
)
_LOOK = (
    r"(?:浅|淡|深|微|暗|棕|草|桔|橙|鲜|灰|乳|黄|茶|酱油){0,3}(?:黄|红|褐|白|绿|棕|黑|无)(?:色|褐色)?(?:透明)?|无色|清(?:亮|澈|晰|透)?|半?透明|(?:轻度?|微)?[浑混]浊?|微[浑混]|澄清"
    r"|稀|软|硬|糊状?|水样|软便|成形便?|粘液便?|稀便|(?:轻|中|重)度|(?:A|B|O|AB)型?(?:阳性|阴性)?|rh\(?[+-D]*\)?(?:阳性|阴性)?"
    r"|[ⅠⅡⅢⅣ][度级型]?|[IV]{1,3}[度级型]|[CTAG]/[CTAG]|e[234]/e[234]|\*\d{1,2}/\*\d{1,2}"
)
_QUAL = re.compile(
    rf"\(?(?:{_WORD})\)?(?:\(?{_SIGN}\)?|\([^()]{{1,8}}\)|:\d{{1,5}}|1:\d{{1,5}})?"
    rf"|\(?{_SIGN}\)?(?:阴性|阳性|\([^()]{{1,8}}\)|\d{{2,4}}(?:\.\d)?)?|[<>≤≥]?1:\d{{1,5}}\+?(?:阳性|阴性)?|{_LOOK}",
    re.IGNORECASE,
)  # fmt: skip
_METHOD = re.compile(
    r".{0,14}(?:法|比浊|发光|电极|免疫|层析|镜检|PCR|ELISA|HPLC|ECLIA|CLIA|CMIA|ISE|酶促|流式|干化学|测序|计算|电泳|速率|终点|冷光|散射|阻抗)(?:法|学|仪|分析)?"
)
_DATE = re.compile(
    r"(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}.*|\d{1,2}[-/]\d{1,2}\s*\d{1,2}:\d{2}.*|(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|\d{6,}"
)
_LABEL = re.compile(
    r"(?:姓名|性别|年龄|科室|科别|病区|病室|床号|床位|住院号|门诊号|门诊|病历号|病案号|登记号|就诊|诊疗|卡号|患者|病人|费别|条码|条形码|样本号|标本号|标本编号|样本编号|样品号|样品编号|"
    r"申请|检验单号|报告单?号|检验编号|检验号|实验号|流水号|送检|开单|医嘱|临床诊断|临床印象|诊断|检验(?:者|人|师|医|日|时|单位|科|技)|检测(?:者|人|日|时)|检查(?:者|日|时)|操作者|审核|复核|批准|审定|报告(?:者|人|医|日|时)|采样|"
    r"采集|采血|抽血|接收|收样|收到|核收|签收|接样|打印|备注|注\W|附注|说明|声明|本报告|此报告|本次|此结果|此检|仅对|结果仅|联系|电话|地址|网址|第\d+[页张]|共\d+[页张]|[标样]本(?:类型|种类|状态|性状|来源|类别|名称|:|血|尿)|样品(?:类型|种类|:)|"
    r"标本$|样本$|民族|职业|身份证|出生|日期|时间|医生|医师|检验师|技师|主管|危急值|[\"“”']\*|带\*|\*为|★为|★:|\*:|建议|温馨|提示:|注释|以下空白|以上|页码|页数|Page|报告单|检验报告|化验单|.{2,20}(?:医院|卫生院|中心)(?:检验科)?$|"
    r"单位:|病人|病员|ID:|No:|NO:|编号:|类型:|组合|医嘱项目|检验目的|检验项目:|项目:|备注:|签名|签字|盖章|扫码|微信|二维码|地点|院区|申请单)"
)  # fmt: skip
_CODE = re.compile(r"[*★#]?[A-Za-zαβγδκλμ][A-Za-z0-9αβγδκλμ\-_/#%.()+*,'^ ]*")
_QUALIFIED = re.compile(r"(?:[^\d:<>≤≥]{1,12}[:)]?\(?[<>≤≥]?=?\d+(?:\.\d+)?(?:[-~]+\d+(?:\.\d+)?)?\)?[,;]?){1,6}")


@lru_cache(maxsize=20000)
def kinds(text: str) -> Mapping[Kind, float]:
    """Return the weight (0 to 1) of every kind that ``text`` can be."""
    s = squeeze(text).strip(",;")
    parted = re.search(r"[\d.]\s+[\d.]", text) is not None  # two numbers, or one with a hole: never one number
    out: dict[Kind, float] = {}
    if not s:
        return MappingProxyType(out)
    known = known_name(s)
    bare = s.strip("()[]")
    if (re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", s) and not s.startswith("1:")) or (
        _DATE.fullmatch(bare) and not re.fullmatch(r"\d{6,7}", bare)
    ):
        out[Kind.DATE] = 1.0
    if NUMBER.fullmatch(s) and not parted:
        signed = s[0] in "<>≤≥="
        out[Kind.NUMBER] = 0.6 if signed else 1.0
        if signed:
            out[Kind.RANGE] = 0.5
    elif not parted and not known and _is_garbled_number(s):
        out[Kind.NUMBER] = 0.6
    in_brackets = bare != s and re.fullmatch(r"[<>≤≥]=?\d+(\.\d+)?", bare)
    in_brackets = in_brackets or (s[0] == "[" and s[-1] == "]" and _QUAL.fullmatch(bare))
    if not parted and (RANGE.fullmatch(bare) or _ranged_with_unit(bare) or in_brackets):
        out[Kind.RANGE] = 1.0
    elif re.fullmatch(r"[-~]{1,2}\d+(\.\d+)?|\d+(\.\d+)?[-~]{1,2}", bare):
        out[Kind.RANGE] = 0.5
    elif Kind.NUMBER not in out and not known and _is_qualified_range(s):
        out[Kind.RANGE] = 0.8
    if _UNIT.fullmatch(bare) and not (known and len(s) > 2):
        out[Kind.UNIT] = 0.6 if re.fullmatch(r"[A-Za-z]{1,2}|个|度|INR|AI|mm|cm", bare) else 1.0
        if s.startswith(("10~", "10-", "x10")):
            out.pop(Kind.RANGE, None)
    if _FLAG.fullmatch(s):
        out[Kind.FLAG] = 0.7 if s.isascii() else 1.0
    elif _WEAK_FLAG.fullmatch(s):
        out[Kind.FLAG] = 0.3
    if _QUAL.fullmatch(s):
        out[Kind.QUAL] = 0.5 if s in ("-", "--", "+", "阴", "阳", "无", "有", "A", "B", "O") else 0.9
    if not known and len(s) <= 16 and _METHOD.fullmatch(s):
        out[Kind.METHOD] = 0.8
    if not known and _LABEL.match(s):
        out[Kind.LABEL] = 1.0
    if known:
        out[Kind.NAME if has_cjk(s) else Kind.CODE] = 1.0
    elif has_cjk(s):
        taken = max(
            (out.get(k, 0.0) for k in (Kind.QUAL, Kind.RANGE, Kind.LABEL, Kind.FLAG, Kind.UNIT, Kind.METHOD)),
            default=0.0,
        )
        out[Kind.NAME] = 1.0 if taken == 0.0 else 0.2
    elif _CODE.fullmatch(s) and Kind.UNIT not in out:
        out[Kind.CODE] = 0.4 if {Kind.FLAG, Kind.QUAL, Kind.METHOD} & out.keys() else 0.9
    elif _CODE.fullmatch(s):
        out[Kind.CODE] = 0.2
    return MappingProxyType(out)


def _is_garbled_number(s: str) -> bool:
    """True for digits with letters among them that readers take for digits (10l, l68.4, 26B.4): one number, never a
    shorter one with something behind it."""
    letters = len(re.findall(r"[OolI|B]", s))
    return re.fullmatch(r"[<>≤≥]?(?=.*\d)[\dOolI|B]{2,}(?:\.[\dOolI|B]+)?|[<>≤≥]?[OolI]\.\d+", s) is not None and (
        0 < letters <= len(re.findall(r"\d", s))
    )


def main_kind(text: str) -> Kind | None:
    """Return the weightiest kind of ``text``, or None when it is none of them."""
    weights = kinds(text)
    return max(weights, key=lambda k: weights[k]) if weights else None


def unit_after_number(text: str) -> str | None:
    """Return the unit printed behind a range or a number: ``0-5.2 mmol/L``; None when there is none."""
    s = squeeze(text).strip("()")
    match = RANGE.match(s) or NUMBER.match(s)
    rest = s[match.end() :].strip("()") if match else ""
    return rest if rest and _UNIT.fullmatch(rest) else None


def _ranged_with_unit(s: str) -> bool:
    match = RANGE.match(s)
    return bool(match and _UNIT.fullmatch(s[match.end() :].strip("()")))


def _is_qualified_range(s: str) -> bool:
    """True for 男:57-97女:41-81, 正常:<5.6, 成人3.5~9.5, <5.0(阴性)."""
    if re.fullmatch(r"[<>≤≥]=?\d+(\.\d+)?\([^()]{1,10}\)", s) or re.fullmatch(
        r"[<>≤≥]=?\d+(\.\d+)?[a-zA-Zμ%/]{1,8}", s
    ):
        return True
    limit = re.match(r"[<>≤≥]=?\d+(\.\d+)?(?=\D)", s)
    if limit and len(s) - limit.end() > 1 and _UNIT.fullmatch(s[limit.end() :]):
        return True
    sexed = re.match(
        r"[(]?(男|女|成人|儿童|正常|新生儿|婴儿|健康|M|F|卵泡期|黄体期|排卵期|绝经|空腹|非|未|孕|阴性|\d+岁)", s
    )
    return bool(
        sexed and re.search(r"\d", s) and (RANGE.search(s) or re.search(r"[<>≤≥]", s)) and _QUALIFIED.fullmatch(s)
    )
