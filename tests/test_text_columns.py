"""Looking texts up as they are stored: the same as pandas finds."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvmap.text_columns import few_texts, in_one_piece, positions

TEXTS = st.lists(st.text(max_size=3), max_size=20)
KINDS = ("str", object, "category")


@given(TEXTS, TEXTS)
def test_positions_are_those_that_pandas_finds(wanted, among):
    among = list(dict.fromkeys(among))
    expected = pd.Index(among, dtype=object).get_indexer(pd.Index(wanted, dtype=object))
    assert positions(pd.Series(wanted, dtype="str"), pd.Series(among, dtype="str")).tolist() == expected.tolist()


@pytest.mark.parametrize("of_wanted", KINDS)
@pytest.mark.parametrize("of_among", KINDS)
def test_positions_do_not_hang_on_how_texts_are_held(of_wanted, of_among):
    wanted, among = pd.Series(["b", "x", "a"], dtype=of_wanted), pd.Series(["a", "镇", "b"], dtype=of_among)
    assert positions(wanted, among).tolist() == [2, -1, 0]
    assert positions(np.asarray(wanted, object), np.asarray(among, object)).tolist() == [2, -1, 0]


@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=20))
def test_few_texts_are_the_texts_of_the_column(texts):
    found = few_texts(pd.Series(texts, dtype="str"))
    assert found.dtype == object
    assert [None if pd.isna(text) else text for text in found] == texts


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=2)), max_size=4), min_size=1, max_size=4))
def test_a_column_in_one_piece_is_the_same_column(lists):
    column = pd.concat([pd.Series(texts, dtype="str", name="name") for texts in lists])
    found = in_one_piece(column)
    pd.testing.assert_series_equal(found, column)
    assert isinstance(pa.array(found.array), pa.Array)
