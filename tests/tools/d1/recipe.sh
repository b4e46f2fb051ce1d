# Cloudflare's D1, the local one of wrangler: https://developers.cloudflare.com/d1
databases="sqlite"
bring() { version="wrangler 4.86.0" && packages wrangler@4.86.0; }
d1() {
    # A new database begins without a file here.
    [ -e "$FILE" ] || rm -rf "$TOOL/state"
    code=0
    WRANGLER_SEND_METRICS=false "$TOOL/node_modules/.bin/wrangler" d1 migrations "$1" shop --local --persist-to "$TOOL/state" || code=$?
    # With what still stands in the log beside the file.
    python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))' \
        "$(find "$TOOL/state" -name '*.sqlite' ! -name 'metadata.sqlite')" "$FILE"
    return "$code"
}
migrate() { d1 apply; }
status() { d1 list; }
