//! What `guard doctor` says of the other hooks of a repository.

use super::{Shop, one_line};

#[test]
fn calls_without_an_end_in_other_hooks_are_named() {
    let shop = Shop::new("");
    assert!(!one_line(&shop.guard(&["doctor"]).stdout).contains("without end"));
    shop.repo.write(
        ".git/hooks/commit-msg",
        "#!/bin/sh\n# curl\ncurl -s http://tickets.internal/\ncurl --max-time 2 http://x/\n",
    );
    shop.repo.write("lefthook.yml", "pre-commit:\n  commands:\n    lint:\n      run: npx eslint .\n");
    shop.repo.write(".husky/pre-commit", "psql -c 'select 1'\n");
    let said = one_line(&shop.guard(&["doctor"]).stdout);
    assert!(said.contains(".git/hooks/commit-msg:3: curl may wait for the network without end"), "{said}");
    assert!(said.contains("lefthook.yml:4: npx") && said.contains(".husky/pre-commit:1: psql"), "{said}");
    assert!(said.contains("curl --max-time 5; or make it a check of guard.toml"), "{said}");
    assert_eq!(said.matches("without end").count(), 3, "{said}");
}
