//! How tables look: columns with two spaces between, no lines.

use comfy_table::{ContentArrangement, Table, presets};

use crate::report::Look;

/// An empty table with a head.
pub(super) fn table(look: &Look, head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(look.width).unwrap_or(u16::MAX));
    table.set_header(head);
    table
}

/// Its lines, without the blanks at their ends.
pub(super) fn lines(table: &Table) -> String {
    let lines = table.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(&line).trim_end()));
    lines.collect()
}
