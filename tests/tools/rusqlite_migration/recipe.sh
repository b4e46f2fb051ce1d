# The library rusqlite_migration, which has no command line: https://github.com/cljoly/rusqlite_migration
databases="sqlite"
bring() {
    version="rusqlite_migration 2.6.0"
    [ -x bin/migrate ] || cargo install -q --path "$here/program" --root . --target-dir target
}
migrate() { "$TOOL/bin/migrate" migrate; }
# The ledger is a number: a later migration takes the place of one that is not there.
chained=1
