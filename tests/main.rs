// What every kind of database has to keep, and what lies beside SQLite files.
mod databases;
