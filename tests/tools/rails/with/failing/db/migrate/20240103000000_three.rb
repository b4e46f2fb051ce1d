class Three < ActiveRecord::Migration[6.1]
  def up
    execute "CREATE TABLE three (id INTEGER PRIMARY KEY)"
    execute "INSERT INTO nonsense VALUES (1)"
  end

  def down
    drop_table :three
  end
end
