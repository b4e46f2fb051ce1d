# ActiveRecord, the migrator of Rails, as Debian packages it: https://rubyonrails.org
databases="sqlite postgres mariadb"
bring() {
    ruby -e 'require "active_record"; require "sqlite3"; require "pg"; require "mysql2"' 2>/dev/null ||
        apt-get install -y -qq ruby-activerecord ruby-sqlite3 ruby-pg ruby-mysql2 >/dev/null
    version="ActiveRecord $(ruby -e 'require "active_record"; puts ActiveRecord.version')"
}
migrate() { ruby "$here/rails.rb" migrate; }
status() { ruby "$here/rails.rb" status; }
