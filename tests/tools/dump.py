"""Writes what a SQLite file holds as statements: dump.py FILE [TITLE]"""
import sqlite3
import sys

if len(sys.argv) > 2:
    print(f"-- {sys.argv[2]}")
connection = sqlite3.connect(sys.argv[1])
for statement in connection.iterdump():
    # Tables of SQLite itself make themselves.
    if "sqlite_sequence" not in statement:
        print(statement)
version = connection.execute("PRAGMA user_version").fetchone()[0]
if version:
    print(f"PRAGMA user_version = {version};")
