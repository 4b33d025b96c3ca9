//! The support page, generated from the table.

use std::fmt::Write;

use crate::table::{Action, Row, Support, TABLE};

/// A section in markdown: how many calls are supported how far, then one line per call.
pub fn markdown() -> String {
    let count = |wanted: fn(&Support) -> bool| TABLE.iter().filter(|row| wanted(&row.support)).count();
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "The {} system calls of arm64 Linux 6.12: {} whole, {} with a limit, {} refused.\n\
         \"host\" goes to the host kernel as it is, \"converted\" has a handler, \"refused\" always gives the error named.\n\n\
         | number | name | how | support |\n|---:|---|---|---|\n",
        TABLE.len(),
        count(|support| matches!(support, Support::Full)),
        count(|support| matches!(support, Support::Partly(_))),
        count(|support| matches!(support, Support::No(_))),
    );
    for row in TABLE {
        let _ = writeln!(page, "| {} | {} | {} | {} |", row.number, row.name, how(row), words(row));
    }
    page
}

fn how(row: &Row) -> String {
    match row.action {
        Action::Pass(_) => "host".into(),
        Action::Call(_) | Action::Flow(_) => "converted".into(),
        Action::Refuse(errno) => format!("refused: {}", errno.name().unwrap_or("error")),
    }
}

fn words(row: &Row) -> String {
    match row.support {
        Support::Full => "yes".into(),
        Support::Partly(limit) => format!("partly: {limit}"),
        Support::No(reason) => format!("no: {reason}"),
    }
}
