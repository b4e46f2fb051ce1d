class Three < ActiveRecord::Migration[6.1]
  def up
    execute "CREATE TABLE three (id INTEGER PRIMARY KEY)"
  end

  def down
    drop_table :three
  end
end
