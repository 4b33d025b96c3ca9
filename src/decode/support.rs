//! The support page of the instruction set, generated from the table.

use super::{Feature, ROWS, Row};
use std::fmt::Write;

/// Markdown: per feature how many of its encodings have a meaning, and by name those that have
/// none.
pub fn markdown() -> String {
    let mut features: Vec<Feature> = Vec::new();
    for row in &ROWS {
        if !features.contains(&row.feature) {
            features.push(row.feature);
        }
    }
    let mut out = String::from("| feature | encodings | implemented | not implemented |\n|---|---:|---:|---|\n");
    for feature in features {
        let rows: Vec<&Row> = ROWS.iter().filter(|row| row.feature == feature).collect();
        let missing: Vec<&str> = rows.iter().filter(|row| !row.implemented).map(|row| row.name).collect();
        let done = rows.len() - missing.len();
        let _ = writeln!(out, "| {feature:?} | {} | {done} | {} |", rows.len(), missing.join(", "));
    }
    out
}
