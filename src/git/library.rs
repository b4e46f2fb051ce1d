//! libgit2, and gix for the index.
