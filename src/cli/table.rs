//! How tables look: columns with two spaces between, no lines.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use crate::report::Look;

/// An empty table with a head. Where it is too wide, the columns of prose are folded; names stay in one piece.
pub(super) fn table(look: &Look, head: &[&str], prose: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(look.width).unwrap_or(u16::MAX));
    table.set_header(head);
    for (place, column) in table.column_iter_mut().enumerate() {
        if !prose.contains(&place) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}

/// Its lines, without the blanks at their ends.
pub(super) fn lines(table: &Table) -> String {
    let lines = table.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(&line).trim_end()));
    lines.collect()
}
