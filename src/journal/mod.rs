//! What this clone remembers, below `<common git dir>/guard/`. Losing it costs time, never a verdict.

mod digests;

pub use digests::Digests;
