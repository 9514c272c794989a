from __future__ import annotations

import pytest

from models.page_reader.tokenizer import SPECIAL, Tokenizer, fold

KNOWN = Tokenizer.build(3 * ["白细胞 WBC 参考区间：mmol/L ↑"], words=50, characters=4000)


def _tokens(text: str) -> list[str]:
    return [KNOWN.tokens[piece.id] for piece in KNOWN.pieces(text)]


def test_tokenizer_numbers_become_their_shape() -> None:
    assert _tokens("1167") == _tokens("1234") == ["<4d>"]
    assert _tokens("6.52") == _tokens("9.87") == ["<1.2>"]
    assert _tokens("2025-03-01") == ["<year>", "-", "<2d>", "-", "<2d>"]
    assert _tokens("5") == ["5"]
    assert _tokens("123456789012345678") == ["<12d>"]


def test_tokenizer_full_and_half_width_are_one() -> None:
    assert _tokens("ＷＢＣ：６．５２") == _tokens("WBC:6.52")
    assert len(fold("①")) == 1


def test_tokenizer_unknown_words_become_letters_and_kinds() -> None:
    assert _tokens("WBC") == ["WBC"]
    assert _tokens("Wbq") == ["W", "b", "q"]
    assert _tokens("龘") == ["<cjk>"]
    assert _tokens("☣") == ["<symbol>"]
    assert _tokens("Ж") == ["<latin>"]


@pytest.mark.parametrize("text", ["白细胞 6.52↑ 10^9/L", "  a  b ", "①②Ⅲ ½", "", "姓　　名：张三"])
def test_tokenizer_pieces_cover_all_but_white_space_in_order(text: str) -> None:
    pieces = KNOWN.pieces(text)
    covered = [k for piece in pieces for k in range(piece.start, piece.end)]
    assert covered == [k for k, character in enumerate(text) if not fold(character).isspace()]


def test_tokenizer_comes_back_from_its_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    KNOWN.save(tmp_path / "v.txt")
    assert Tokenizer.load(tmp_path / "v.txt").tokens == KNOWN.tokens


def test_tokenizer_refuses_a_file_that_is_no_vocabulary(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "v.txt").write_text("白\n细\n", encoding="utf-8")
    with pytest.raises(ValueError, match="special"):
        Tokenizer.load(tmp_path / "v.txt")
    assert KNOWN.tokens[0] == SPECIAL[0]
