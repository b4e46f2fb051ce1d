# What `rails db:migrate` and `rails db:migrate:status` call.
require "active_record"

env = ENV.to_h
adapter = { "sqlite" => "sqlite3", "postgres" => "postgresql", "mariadb" => "mysql2" }[env["KIND"]]
server = { host: env["HOST"], port: env["PORT"], username: env["DBUSER"], password: env["PASSWORD"] }
ENV.delete("URL")
place = env["KIND"] == "sqlite" ? { database: env["FILE"] } : server.merge(database: env["NAME"])
ActiveRecord::Base.configurations = { "development" => place.merge(adapter: adapter).transform_keys(&:to_s) }
ActiveRecord::Base.establish_connection(:development)
tasks = ActiveRecord::Tasks::DatabaseTasks
tasks.env = "development"
tasks.root = Dir.pwd
tasks.migrations_paths = ActiveRecord::Migrator.migrations_paths = ["db/migrate"]
ARGV[0] == "migrate" ? tasks.migrate : tasks.migrate_status
