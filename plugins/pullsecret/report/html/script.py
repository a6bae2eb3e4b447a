"""The script of the page, which only adds: headers that sort, a field to filter, and everything unfolded on paper.

It takes its words from the table itself, writes text and attributes, never markup, and asks nothing of any server.
"""

from __future__ import annotations

SCRIPT = """
"use strict";
(() => {
  const collator = new Intl.Collator("en", { numeric: true });
  const FEW = 6; // so many rows are seen at a glance
  let made = 0;

  const make = (name, properties, ...content) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...content);
    return made;
  };
  const words = (text) => (text || "").split(" ").filter(Boolean);
  const word = (cell) => (cell ? cell.textContent.replace(/[()]/g, "") : "");

  // What a cell is sorted by; a cell without a value comes last.
  const keyOf = (cell, header) => {
    if (!cell) return null;
    const order = words(header.dataset.order);
    switch (header.dataset.sort) {
      case "number": return cell.dataset.value ? Number(cell.dataset.value) : null;
      case "time": return cell.querySelector("time")?.dateTime || null;
      case "order": return order.indexOf(word(cell)) < 0 ? null : order.indexOf(word(cell));
      default: return cell.textContent || null;
    }
  };
  const compared = (a, b) => (typeof a === "string" ? collator.compare(a, b) : a - b);

  const sort = (table, header) => {
    const isDown = header.getAttribute("aria-sort") === "ascending";
    for (const other of header.parentNode.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const body = table.tBodies[0];
    const keyed = Array.from(body.rows, (row) => [keyOf(row.cells[header.cellIndex], header), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return isDown ? compared(b, a) : compared(a, b);
    });
    const sorted = document.createDocumentFragment();
    for (const [, row] of keyed) sorted.append(row);
    body.append(sorted);
  };

  const addSorting = (table) => {
    for (const header of table.tHead.rows[0].cells) {
      const button = make("button", { type: "button", className: "sort" });
      const label = make("span", {}, ...header.childNodes);
      button.append(label);
      button.addEventListener("click", () => sort(table, header));
      header.append(button);
    }
  };

  // A choice among words: of one column, or of any cell of a row.
  const chooser = (label, options, cellsOf) => {
    const select = make("select", {}, make("option", { value: "" }, "all"));
    for (const option of options) select.append(make("option", { value: option }, option));
    const admits = (row) => !select.value || cellsOf(row).some((cell) => word(cell) === select.value);
    return { part: make("label", {}, label, select), field: select, admits };
  };

  const choosers = (table) => {
    const found = [];
    const any = words(table.dataset.choices);
    if (any.length) found.push(chooser("With a cell", any, (row) => Array.from(row.cells).slice(1)));
    for (const header of table.tHead.rows[0].cells) {
      if (!header.hasAttribute("data-choice")) continue;
      const at = header.cellIndex;
      found.push(chooser(header.textContent, words(header.dataset.order), (row) => [row.cells[at]]));
    }
    return found;
  };

  const addFilter = (frame, table) => {
    const rows = Array.from(table.tBodies[0].rows);
    if (rows.length < FEW) return;
    made += 1;
    const texts = new Map();
    const textOf = (row) => {
      if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
      return texts.get(row);
    };
    const input = make("input", { type: "search", id: `filter-${made}`, autocomplete: "off", spellcheck: false });
    const shown = make("output", {}, "");
    const choices = choosers(table);
    const filter = () => {
      const wanted = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
      let count = 0;
      for (const row of rows) {
        const fits = choices.every(({ admits }) => admits(row)) && wanted.every((one) => textOf(row).includes(one));
        if (row.hidden === fits) row.hidden = !fits;
        count += fits;
      }
      shown.value = count === rows.length ? `${count} rows` : `${count} of ${rows.length} rows`;
    };
    const tools = make("div", { className: "tools" }, make("label", {}, "Filter", input));
    tools.append(...choices.map(({ part }) => part), shown);
    tools.setAttribute("role", "group");
    tools.setAttribute("aria-label", `Filter: ${table.caption.textContent}`);
    for (const field of [input, ...choices.map((choice) => choice.field)]) field.addEventListener("input", filter);
    filter();
    frame.before(tools);
  };

  for (const table of document.querySelectorAll("table[data-tools]")) {
    addFilter(table.parentNode, table);
    if (table.tBodies[0].rows.length > 1) addSorting(table);
  }

  // Paper has no pointer: whatever is folded is printed.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = Array.from(document.querySelectorAll("details:not([open])"));
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
  });
})();
"""
"""Strict, in one function: it leaves no name behind, and HTML ends it at its own end tag only."""
