class Two < ActiveRecord::Migration[6.1]
  def up
    execute "CREATE TABLE two (id INTEGER PRIMARY KEY)"
  end

  def down
    drop_table :two
  end
end
