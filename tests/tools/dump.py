"""Writes what a SQLite file holds as statements: dump.py FILE TITLE > OUT"""
import sqlite3
import sys

print(f"-- {sys.argv[2]}")
for statement in sqlite3.connect(sys.argv[1]).iterdump():
    # Tables of SQLite itself make themselves.
    if "sqlite_sequence" not in statement:
        print(statement)
