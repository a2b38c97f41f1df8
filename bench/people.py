"""Invented entries of a roster for the benchmark: many different names, one in ten in a script of its own, one in ten
with a comment. The same number makes the same rows."""

import random
from datetime import date, timedelta
from typing import Final

from petition.packets.contents import RosterEntry, RosterGroup

_GIVEN: Final = (
    "Ada Amina Ana Andre Anja Arturo Beatriz Ben Bridget Carla Cedric Chidi Clara Dana Dev Dorothy Eli Elena Emil "
    "Esther Farah Felix Gail Gideon Grace Hana Harold Ida Ines Jamal Joan Jonas Kai Karin Kofi Lars Leila Lorna Luis "
    "Mabel Mei Milo Nadia Ngozi Noor Olga Oscar Paula Petra Quinn Rafael Ravi Rosa Ruth Samir Tam Teresa Theo Uma Vera"
).split()
_ACCENTED: Final = "Zoë Sofía Iván Łukasz Þórunn Jürgen Žofie Søren Adéyẹmí François Núria Ørjan Ágnes Đức".split()
_BEGINNINGS: Final = (
    "Al An Ar Bar Bel Ber Bran Bur Cal Car Cas Col Dal Del Dor Ed El Far Fen Gar Gil Gra Hal Har Hol Jan Kel Kin Lan "
    "Lin Lor Mac Mal Mar Mel Mon Nor Os Pal Par Per Quin Ran Ros San Sel Shel Tan Thor Val Van Wal Whit Win Yar Zim"
).split()
_MIDDLES: Final = "a e i o u an en ing er or is el al ar on in".split()
_ENDINGS: Final = (
    "ton ley son man sen wood field ford berg stein ski dez ez ini elli ova ers well worth by more ham ridge court ard"
).split()
_ACCENTED_ENDINGS: Final = "ová ić ström ñez çalves müller ård øy łowski éry".split()
_FOREIGN: Final = (
    ("김이박최정강조윤장임한오서신권황안송류홍", "민서지우현준도윤하은수아유진채원예나가람슬기다온", "", 1, 2),
    ("王李張劉陳楊黃趙吳周徐孫馬朱胡郭何高林羅", "怡君偉芳娜秀英敏靜麗強磊軍洋勇艷杰娟濤明超平剛桂", "", 1, 2),
    ("佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤".split(),
     "さくら 陽菜 結衣 大翔 蓮 翔太 美咲 健 直樹 葵".split(), " ", 1, 1),
    ("Тарас Ольга Иван Оксана Михаил Наталья Сергей Ірина Андрій Анна".split(),
     "Коваль Шевченко Бондаренко Иванов Петрова Мельник Ткаченко Смирнова".split(), " ", 1, 1),
    ("Βασιλική Γιώργος Ελένη Νίκος Μαρία Κώστας".split(), "Λάμπρου Παπαδόπουλος Νικολάου Γεωργίου".split(), " ", 1, 1),
    ("ليلى محمد فاطمة يوسف مريم أحمد نور خالد".split(), "حداد الخطيب منصور السيد حسين ناصر عباس".split(), " ", 1, 2),
    ("נועה יעל דוד רחל משה תמר אורי".split(), "ברק לוי כהן מזרחי פרץ אזולאי".split(), " ", 1, 1),
    ("अनन्या राहुल प्रिया अर्जुन कविता संजय दीपिका".split(), "शर्मा वर्मा गुप्ता सिंह पटेल मिश्रा कुलकर्णी".split(), " ", 1, 1),
    ("สมชาย สุดา วิชัย มาลี ประเสริฐ".split(), "ใจดี สุขใจ ทองดี รักไทย แก้วมณี".split(), " ", 1, 1),
)  # fmt: skip
_WORDS: Final = (
    "our library wait list is long and the book my daughter wants will come in spring at the earliest because one copy "
    "must serve a whole county of readers who pay taxes and do not ask for it free but for a fair price and a date"
).split()
_FIRST_DAY: Final = date(2019, 9, 11)


def groups(rows: int) -> list[RosterGroup]:
    """So many entries in fifty groups."""
    chance = random.Random(rows)  # noqa: S311  (samples, not secrets)
    towns = sorted({_family(chance, False) for _ in range(4_000)})
    found, number = [], 0
    for index in range(50):
        entries = []
        for _ in range(rows * (index + 1) // 50 - rows * index // 50):
            number += 1
            day = _FIRST_DAY + timedelta(days=chance.randrange(33))
            comment = _comment(chance) if chance.random() < 0.1 else ""
            entries.append(RosterEntry(number, _name(chance), chance.choice(towns), day, comment))
        found.append(RosterGroup(f"S{index}", f"State {index + 1}", entries))
    return found


def _name(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.1:
        first, second, space, least, most = chance.choice(_FOREIGN)
        return space.join([chance.choice(first), *(chance.choice(second) for _ in range(chance.randint(least, most)))])
    given = chance.choice(_ACCENTED if kind < 0.15 else _GIVEN)
    middle = f" {chance.choice('ABCDEFGHJKLMNPRSTVWZ')}." if chance.random() < 0.4 else ""
    family = _family(chance, kind > 0.95)
    if chance.random() < 0.04:
        family = f"{family}-{_family(chance, False)}"
    return f"{given}{middle} {family}"


def _family(chance: random.Random, accented: bool) -> str:
    middle = chance.choice(_MIDDLES) if chance.random() < 0.6 else ""
    return chance.choice(_BEGINNINGS) + middle + chance.choice(_ACCENTED_ENDINGS if accented else _ENDINGS)


def _comment(chance: random.Random) -> str:
    begin = chance.randrange(len(_WORDS) - 8)
    return " ".join(_WORDS[begin : begin + chance.randint(6, 24)]).capitalize() + "."
