"""What people put into a workbook that openpyxl does not know: each added as parts, the way Excel adds it."""

from __future__ import annotations

import io
from collections.abc import Callable

from lxml import etree
from PIL import Image

from replicas.excel_taken_apart import (
    BEHIND_DRAWING,
    BEHIND_NAMES,
    LINK,
    MAIN,
    MICROSOFT,
    NAMESPACES,
    X14,
    TakenApart,
    content_type_of,
    parsed,
)

_COMMENT_ID = "{8C6C9C4E-8E5B-4F0E-9C7B-3C1B0E6D1A01}"


def _frame(number: int, name: str, graphic: str) -> str:
    """The frame of a chart or a slicer."""
    return (
        f'<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="{number}" name="{name}"/>'
        '<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>{graphic}</a:graphic></xdr:graphicFrame>'
    )


def _chart(book: TakenApart) -> None:
    chart = (
        f"<c:chartSpace {NAMESPACES}><c:chart><c:plotArea><c:layout/><c:barChart>"
        '<c:barDir val="col"/><c:grouping val="clustered"/><c:ser><c:idx val="0"/><c:order val="0"/>'
        "<c:val><c:numLit><c:ptCount val='2'/><c:pt idx='0'><c:v>3</c:v></c:pt>"
        "<c:pt idx='1'><c:v>5</c:v></c:pt></c:numLit></c:val></c:ser>"
        '<c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling/><c:axPos val="l"/><c:crossAx val="1"/></c:valAx>'
        "</c:plotArea></c:chart></c:chartSpace>"
    )
    part = "xl/charts/chartByHand.xml"
    number = book.add(book.drawing(), part, chart, f"{LINK}/chart", content_type_of("drawingml.chart"))
    uri = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    graphic = f'<a:graphicData uri="{uri}"><c:chart r:id="{number}"/></a:graphicData>'
    book.draw(1, _frame(901, "Chart by hand", graphic))


def _shape(book: TakenApart) -> None:
    book.draw(
        5,
        '<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="902" name="Shape by hand"/><xdr:cNvSpPr/>'
        '</xdr:nvSpPr><xdr:spPr><a:prstGeom prst="wedgeRectCallout"><a:avLst/></a:prstGeom></xdr:spPr>'
        "<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>Call first!</a:t></a:r></a:p></xdr:txBody></xdr:sp>",
    )


def _picture(book: TakenApart) -> None:
    image = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(image, "PNG")
    book.extension("png", "image/png")
    number = book.add(book.drawing(), "xl/media/imageByHand.png", image.getvalue(), f"{LINK}/image")
    book.draw(
        9,
        '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="903" name="Picture by hand"/><xdr:cNvPicPr/></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip r:embed="{number}"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>'
        '<xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic>',
    )


def _slicer(book: TakenApart) -> None:
    """A slicer of the worksheet's table, for its second column."""
    table = book.tree(str(book.related("table")))
    number, column = table.get("id"), table.findall("{*}tableColumns/{*}tableColumn")[1]
    kind, microsoft = f"{MICROSOFT}/2007/relationships", "application/vnd.ms-excel.{}+xml"
    cache = book.add(
        "xl/workbook.xml",
        "xl/slicerCaches/slicerCacheByHand.xml",
        f'<slicerCacheDefinition xmlns="{X14}" {NAMESPACES} name="Slicer_Hand" '
        f'sourceName="{column.get("name")}"><extLst><ext xmlns="{MAIN}" '
        f'uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}"><x15:tableSlicerCache tableId="{number}" '
        f'column="{column.get("id")}"/></ext></extLst></slicerCacheDefinition>',
        f"{kind}/slicerCache",
        microsoft.format("slicerCache"),
    )
    book.extend(
        "xl/workbook.xml",
        "{46BE6895-7355-4a93-B00E-2C351335B9C9}",
        f'<x15:slicerCaches><x14:slicerCache r:id="{cache}"/></x15:slicerCaches>',
    )
    _name(book, "Slicer_Hand", "#N/A")
    slicer = book.add(
        book.sheet,
        "xl/slicers/slicerByHand.xml",
        f'<slicers xmlns="{X14}"><slicer name="Hand" cache="Slicer_Hand" caption="Hand" rowHeight="241300"/>'
        "</slicers>",
        f"{kind}/slicer",
        microsoft.format("slicer"),
    )
    book.extend(
        book.sheet,
        "{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}",
        f'<x14:slicerList><x14:slicer r:id="{slicer}"/></x14:slicerList>',
    )
    uri = f"{MICROSOFT}/drawing/2010/slicer"
    graphic = f'<a:graphicData uri="{uri}"><sle:slicer xmlns:sle="{uri}" name="Hand"/></a:graphicData>'
    book.draw(
        13,
        f'<mc:AlternateContent><mc:Choice Requires="sle15">{_frame(904, "Slicer by hand", graphic)}'
        "</mc:Choice><mc:Fallback/></mc:AlternateContent>",
    )


def _name(book: TakenApart, name: str, formula: str) -> None:
    root = book.tree("xl/workbook.xml")
    names = root.find(f"{{{MAIN}}}definedNames")
    if names is None:
        book.insert("xl/workbook.xml", f'<definedNames xmlns="{MAIN}"/>', BEHIND_NAMES)
        root = book.tree("xl/workbook.xml")
        names = root.find(f"{{{MAIN}}}definedNames")
    etree.SubElement(names, f"{{{MAIN}}}definedName", name=name).text = formula
    book.put("xl/workbook.xml", root)


def _sparkline(book: TakenApart) -> None:
    book.extend(
        book.sheet,
        "{05C60535-1F16-4fd2-B633-F4F36F0B64E0}",
        '<x14:sparklineGroups><x14:sparklineGroup displayEmptyCellsAs="gap"><x14:colorSeries rgb="FF1F5F8B"/>'
        "<x14:sparklines><x14:sparkline><xm:f>E3:E10</xm:f><xm:sqref>R2</xm:sqref></x14:sparkline>"
        "</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups>",
    )


def _threaded_comment(book: TakenApart) -> None:
    """A conversation at C2, with the plain note that older programs show of it."""
    threaded, person = f"{MICROSOFT}/2017/10/relationships", "{D0B5A8B4-9F6B-4C83-8F44-3B8B4C2E1A02}"
    main = f"{MICROSOFT}/spreadsheetml/2018/threadedcomments"
    book.add(
        "xl/workbook.xml",
        "xl/persons/person.xml",
        f'<personList xmlns="{main}"><person displayName="Maya" id="{person}" userId="maya" '
        'providerId="None"/></personList>',
        f"{threaded}/person",
        "application/vnd.ms-excel.person+xml",
    )
    book.add(
        book.sheet,
        "xl/threadedComments/threadedCommentByHand.xml",
        f'<ThreadedComments xmlns="{main}"><threadedComment ref="C2" dT="2026-03-04T09:00:00.00" '
        f'personId="{person}" id="{_COMMENT_ID}"><text>Who knows?</text></threadedComment>'
        "</ThreadedComments>",
        f"{threaded}/threadedComment",
        "application/vnd.ms-excel.threadedcomments+xml",
    )
    _note(book, f"tc={_COMMENT_ID}", "[Threaded comment] Who knows?")


def _note(book: TakenApart, author: str, text: str) -> None:
    part = book.related("comments")
    if part is None:
        part = "xl/commentsByHand.xml"
        content = f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'
        book.add(book.sheet, part, content, f"{LINK}/comments", content_type_of("spreadsheetml.comments"))
        vml = f'<xml {NAMESPACES}><v:shapetype id="_x0000_t202" o:spt="202"/></xml>'
        book.extension("vml", content_type_of("vmlDrawing").removesuffix("+xml"))
        number = book.add(book.sheet, "xl/drawings/vmlByHand.vml", vml, f"{LINK}/vmlDrawing")
        behind = BEHIND_DRAWING - {"legacyDrawing"}
        book.insert(book.sheet, f'<legacyDrawing xmlns="{MAIN}" r:id="{number}"/>', behind)
    root = book.tree(part)
    authors, comments = root
    etree.SubElement(authors, f"{{{MAIN}}}author").text = author
    comments.append(
        parsed(
            f'<comment xmlns="{MAIN}" ref="C2" authorId="{len(authors) - 1}" shapeId="0">'
            f"<text><t>{text}</t></text></comment>"
        )
    )
    book.put(part, root)
    box = book.tree(vml_part := str(book.related("vmlDrawing")))
    box.append(
        parsed(
            '<v:shape id="_x0000_s1999" type="#_x0000_t202" style="visibility:hidden" o:insetmode="auto">'
            '<x:ClientData ObjectType="Note"><x:Row>1</x:Row><x:Column>2</x:Column></x:ClientData></v:shape>'
        )
    )
    book.put(vml_part, box)


def _macro(book: TakenApart) -> None:
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    types = book.tree("[Content_Types].xml")
    for it in types:
        if it.get("PartName") == "/xl/workbook.xml":
            it.set("ContentType", kind)
    book.put("[Content_Types].xml", types)
    book.extension("bin", "application/vnd.ms-office.vbaProject")
    relationship = f"{MICROSOFT}/2006/relationships/vbaProject"
    book.add("xl/workbook.xml", "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macros", relationship)


def _custom_xml(book: TakenApart) -> None:
    book.add("xl/workbook.xml", "customXml/item1.xml", "<kept/>", f"{LINK}/customXml")


#: What can be added: name -> how.
ADDITIONS: dict[str, Callable[[TakenApart], None]] = {
    "chart": _chart,
    "shape": _shape,
    "picture": _picture,
    "slicer": _slicer,
    "sparkline": _sparkline,
    "threaded comment": _threaded_comment,
    "macro": _macro,
    "custom XML": _custom_xml,
}


def with_additions(content: bytes, sheet: str, *kinds: str) -> bytes:
    """A workbook with things added to a worksheet that has a table; all of them where none is named."""
    book = TakenApart(content, sheet)
    for kind in kinds or ADDITIONS:
        ADDITIONS[kind](book)
    return book.zipped()
