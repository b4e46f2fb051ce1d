class One < ActiveRecord::Migration[6.1]
  def up
    execute "CREATE TABLE one (id INTEGER PRIMARY KEY)"
  end

  def down
    drop_table :one
  end
end
