#!/bin/sh
# All figures, with the peers from their registries: dbmate (npm) and sqlx-cli (crates). They are kept in target/peers.
set -eu
cd "$(dirname "$0")/.."

peers=$PWD/target/peers
if [ ! -x "$peers/node_modules/.bin/dbmate" ]; then
    npm install --silent --prefix "$peers" dbmate@2.36.0
fi
if [ ! -x "$peers/bin/sqlx" ]; then
    cargo install --quiet sqlx-cli --version 0.9.0 --locked --no-default-features --features sqlite --root "$peers"
fi
# The binary itself and not npm's launcher, which starts node first.
dbmate=$(find "$peers/node_modules" -path '*dbmate*' -name dbmate -type f -perm -u+x ! -path '*/.bin/*' | head -n 1)
PATH="$peers/bin:${dbmate%/*}:$PATH" cargo bench --locked
