//! The command line of SeaORM's migrations, for those migrations whose files lie in the current directory.

use sea_orm_migration::prelude::*;

#[path = "../../files/migration/src/m20240101_000001_one.rs"]
mod m20240101_000001_one;
#[path = "../../files/migration/src/m20240102_000001_two.rs"]
mod m20240102_000001_two;
#[path = "../../files/migration/src/m20240103_000001_three.rs"]
mod m20240103_000001_three;
#[path = "../../with/failing/migration/src/m20240103_000001_three.rs"]
mod failing;

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let text = |name: &str| std::fs::read_to_string(format!("migration/src/{name}.rs")).ok();
        let third = text("m20240103_000001_three");
        let fails = third.as_ref().is_some_and(|text| text.contains("nonsense"));
        let all: [(bool, Box<dyn MigrationTrait>); 4] = [
            (text("m20240101_000001_one").is_some(), Box::new(m20240101_000001_one::Migration)),
            (text("m20240102_000001_two").is_some(), Box::new(m20240102_000001_two::Migration)),
            (third.is_some() && !fails, Box::new(m20240103_000001_three::Migration)),
            (fails, Box::new(failing::Migration)),
        ];
        all.into_iter().filter(|(there, _)| *there).map(|(_, migration)| migration).collect()
    }
}

#[tokio::main]
async fn main() {
    cli::run_cli(Migrator).await;
}
