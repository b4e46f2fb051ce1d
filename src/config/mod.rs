//! guard.toml.
