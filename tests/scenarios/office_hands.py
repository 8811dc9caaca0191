"""A person's hands in LibreOffice: opens a workbook, does something on one of its tabs, saves it as Excel.

Run by the Python that has LibreOffice's `uno`: office_hands.py SOFFICE PROFILE FILE TAB ACTION...
"""

import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("LibreOffice did not start")


def option(name, value):
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def sort(sheet, area):
    """Sort an area by its first column that is not the hidden one, from the last to the first."""
    field = uno.createUnoStruct("com.sun.star.table.TableSortField")
    field.Field = 1 if area.startswith("A") else 0
    field.IsAscending = False
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    sheet.getCellRangeByName(area).sort((option("SortFields", fields), option("ContainsHeader", False)))


def act(sheet, action, *words):
    if action == "type":
        sheet.getCellRangeByName(words[0]).String = words[1]
    elif action == "number":
        sheet.getCellRangeByName(words[0]).Value = float(words[1])
    elif action == "insert-row":
        sheet.Rows.insertByIndex(int(words[0]) - 1, 1)
    elif action == "delete-row":
        sheet.Rows.removeByIndex(int(words[0]) - 1, 1)
    elif action == "sort":
        sort(sheet, words[0])
    else:
        raise SystemExit(f"no such action: {action}")


def main(soffice, profile, file, tab, *actions):
    pipe = f"hands{abs(hash(profile))}"
    command = [soffice, "--headless", "--norestore", "--nologo", f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen([*command, f"-env:UserInstallation={Path(profile).as_uri()}"])
    try:
        context = connect(pipe)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        url = Path(file).as_uri()
        document = desktop.loadComponentFromURL(url, "_blank", 0, (option("Hidden", True),))
        for action in actions:
            act(document.Sheets.getByName(tab), *action.split("|"))
        document.storeToURL(url, (option("FilterName", "Calc MS Excel 2007 XML"),))
        document.close(True)
        desktop.terminate()
        office.wait(timeout=30)
    finally:
        office.kill()


main(*sys.argv[1:])
