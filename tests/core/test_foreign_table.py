"""Where the table is in a sheet that somebody laid out for people."""

from datetime import date

from sheetsync.core.foreign import Grid, Merge, find_table, letter


def grid(*lines, merges=(), **facts):
    """A sheet from lines of cells parted by "|"; blank cells are empty."""
    cells = {
        (row, column): int(text) if text.strip().isdigit() else text.strip()
        for row, line in enumerate(lines, start=1)
        for column, text in enumerate(line.split("|"), start=1)
        if text.strip()
    }
    return Grid("Register", cells, tuple(Merge(*merge) for merge in merges), **facts)


def texts(table):
    return [header.text for header in table.headers]


def values(table):
    return [row.values for row in table.rows]


def said(table):
    return [(remark.message, remark.rows) for remark in table.remarks]


def test_a_plain_table_has_its_header_on_top():
    table = find_table(grid("Name|Unit", "Ana|Data", "Bo|Legal"))
    assert (table.header_row, texts(table)) == (1, ["Name", "Unit"])
    assert [(row.number, row.values) for row in table.rows] == [(2, ("Ana", "Data")), (3, ("Bo", "Legal"))]
    assert table.remarks == ()


def test_an_empty_sheet_has_no_table():
    assert find_table(grid()) is None
    assert find_table(Grid("x", {(1, 1): "  "})) is None


def test_titles_above_the_header_are_left_out_and_said():
    table = find_table(grid("Stakeholder register", "Owner:|Maya", "", "Name|Unit|Title", "Ana|Data|VP"))
    assert (table.header_row, texts(table)) == (4, ["Name", "Unit", "Title"])
    assert said(table) == [("The header was found in row 4; the rows above it were left out.", (1, 2))]


def test_blank_rows_and_columns_are_left_out_and_letters_stay_true():
    table = find_table(grid("|Name||Unit", "", "|Ana||Data", "", "|Bo||"))
    assert [(header.text, header.letter) for header in table.headers] == [("Name", "B"), ("Unit", "D")]
    assert [(row.number, row.values) for row in table.rows] == [(3, ("Ana", "Data")), (5, ("Bo", None))]


def test_headers_that_stand_twice_are_told_apart():
    assert texts(find_table(grid("Name|Note|note", "Ana|a|b"))) == ["Name", "Note", "note (2)"]


def test_a_column_without_a_header_is_named_by_its_letter():
    table = find_table(grid("Name|Unit|Title|", "Ana|Data|VP|likes tea"))
    assert texts(table) == ["Name", "Unit", "Title", "Column D"]


def test_group_headers_merged_across_are_joined_with_those_below():
    table = find_table(
        grid(
            "Unit|Contact||Stance|",
            "|Name|Email|now|wanted",
            "Data|Ana|ana@x.org|neutral|leading",
            merges=[(1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5)],
        )
    )
    assert texts(table) == [
        "Unit",
        "Contact \u203a Name",
        "Contact \u203a Email",
        "Stance \u203a now",
        "Stance \u203a wanted",
    ]
    assert values(table) == [("Data", "Ana", "ana@x.org", "neutral", "leading")]
    assert table.remarks == ()


def test_two_header_rows_are_known_even_when_the_upper_one_is_nearly_full():
    table = find_table(
        grid(
            "Name|Unit|Title|Stance|",
            "|||now|wanted",
            "Ana|Data|VP|neutral|leading",
            merges=[(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 2, 3), (1, 4, 1, 5)],
        )
    )
    assert texts(table) == ["Name", "Unit", "Title", "Stance \u203a now", "Stance \u203a wanted"]
    assert values(table) == [("Ana", "Data", "VP", "neutral", "leading")]


def test_group_headers_without_merges_reach_to_the_next_one():
    table = find_table(grid("Stakeholder||Stance|", "Name|Email|now|wanted", "Ana|ana@x.org|neutral|leading"))
    assert texts(table) == [
        "Stakeholder \u203a Name",
        "Stakeholder \u203a Email",
        "Stance \u203a now",
        "Stance \u203a wanted",
    ]


def test_a_title_merged_over_the_table_is_no_group_header():
    table = find_table(grid("Register 2026||", "Name|Unit|Title", "Ana|Data|VP", merges=[(1, 1, 1, 3)]))
    assert texts(table) == ["Name", "Unit", "Title"]


def test_facts_beside_a_title_are_no_group_headers():
    table = find_table(grid("Owner|Maya||||", "Name|Unit|Title|Email|Phone|Note", "Ana|Data|VP|a|b|c"))
    assert texts(table)[:2] == ["Name", "Unit"]


def test_a_cell_merged_downwards_is_the_value_of_each_row_it_covers():
    table = find_table(grid("Unit|Name", "Data|Ana", "|Bo", "Legal|Cy", merges=[(2, 1, 3, 1)]))
    assert values(table) == [("Data", "Ana"), ("Data", "Bo"), ("Legal", "Cy")]
    assert said(table) == [
        ('The merged cell A2 ("Data") was read as the value of each row it covers.', (2, 3))
    ]


def test_a_merge_over_empty_rows_makes_no_rows():
    table = find_table(grid("Unit|Name", "Data|Ana", merges=[(2, 1, 9, 1)]))
    assert len(table.rows) == 1


def test_a_header_printed_again_is_no_data():
    table = find_table(grid("Name|Unit", "Ana|Data", "Name|Unit", "Bo|Legal"))
    assert [row.number for row in table.rows] == [2, 4]
    assert said(table) == [("The header stands here again; these rows were left out.", (3,))]


def test_hidden_sheets_and_rows_are_taken_and_said():
    table = find_table(grid("Name|Unit", "Ana|Data", "Bo|Legal", hidden=True, hidden_rows=frozenset({1, 3})))
    assert table.hidden
    assert len(table.rows) == 2
    assert said(table) == [
        ('The sheet "Register" is hidden.', ()),
        ("Hidden or filtered away in the file; taken like the other rows.", (3,)),
    ]


def test_a_list_of_one_column_is_a_table():
    table = find_table(grid("Name", "Ana", "Bo"))
    assert (texts(table), values(table)) == (["Name"], [("Ana",), ("Bo",)])


def test_a_sheet_without_words_still_gives_its_values():
    table = find_table(Grid("x", {(1, 1): 1, (1, 2): date(2026, 3, 4), (2, 1): 3}))
    assert values(table) == [(3, None)]


def test_letters_count_as_spreadsheets_do():
    assert [letter(n) for n in (1, 26, 27, 52, 703, 16384)] == ["A", "Z", "AA", "AZ", "AAA", "XFD"]
