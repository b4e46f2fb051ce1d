from yoyo import step

steps = [
    step("CREATE TABLE one (id INTEGER PRIMARY KEY)", "DROP TABLE one"),
]
