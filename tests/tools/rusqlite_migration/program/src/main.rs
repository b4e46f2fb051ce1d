//! Applies the migrations that lie in the current directory, and says how many are applied.

use rusqlite_migration::{Migrations, M};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut folders: Vec<_> = std::fs::read_dir("migrations")?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    folders.sort();
    let texts = folders.iter().map(|folder| std::fs::read_to_string(folder.join("up.sql"))).collect::<Result<Vec<_>, _>>()?;
    let migrations = Migrations::new(texts.iter().map(|text| M::up(text)).collect());
    let mut connection = rusqlite::Connection::open(std::env::var("FILE")?)?;
    if std::env::args().nth(1).as_deref() == Some("migrate") {
        migrations.to_latest(&mut connection)?;
    }
    println!("{}", migrations.current_version(&connection)?);
    Ok(())
}
