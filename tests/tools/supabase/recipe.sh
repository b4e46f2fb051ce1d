# The Supabase CLI: https://supabase.com/docs/guides/cli
databases="postgres"
checksums=1
bring() { version="Supabase CLI 3.1.0" && packages supabase@3.1.0; }
supabase() { "$TOOL/node_modules/.bin/supabase" "$@"; }
migrate() { supabase migration up --yes --db-url "$URL?sslmode=disable"; }
status() { supabase migration list --db-url "$URL?sslmode=disable"; }
