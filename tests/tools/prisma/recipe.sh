# Prisma Migrate: its engine as WebAssembly, with Prisma's adapters of databases. The engine as a program, which `prisma migrate`
# starts, comes from no registry. This one does not work on MySQL: https://www.prisma.io
databases="sqlite postgres"
checksums=1
bring() {
    version="@prisma/schema-engine-wasm 8.1.0-2.59be4fda"
    packages @prisma/schema-engine-wasm@8.1.0-2.59be4fda12412a79eeb9c2ae727b6aa723593323 \
        @prisma/driver-adapter-utils@7.10.0 @prisma/adapter-better-sqlite3@7.10.0 @prisma/adapter-pg@7.10.0
}
prisma_engine() { node --no-warnings --experimental-wasm-modules "$TOOL/engine.mjs" "$1"; }
migrate() { cp "$here/engine.mjs" "$TOOL" && prisma_engine deploy; }
status() { prisma_engine status; }
