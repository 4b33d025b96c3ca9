//! The support page of the instruction set, generated from the table.

use super::{FEATURES, Feature, ROWS, Row};
use std::fmt::Write;

/// Why a feature is not implemented.
fn reason(feature: Feature) -> Option<&'static str> {
    Some(match feature {
        Feature::SVE => "vectors of any length need a register file and a code generator of their own",
        Feature::SME => "rests on SVE's registers",
        Feature::MTE => "each access would check the tag of its memory, which the host does not have",
        Feature::LS64 => "only for device memory, and Linux lets no program use it",
        _ => return None,
    })
}

/// Markdown: per feature how it is announced, how many of its encodings have a meaning, and of those
/// that have none the reason and the names.
pub fn markdown() -> String {
    let mut out = String::from(
        "| feature | in /proc/cpuinfo | encodings | implemented | not implemented |\n|---|---|---:|---:|---|\n",
    );
    for &feature in Feature::ALL {
        let rows: Vec<&Row> = ROWS.iter().filter(|row| row.feature == feature).collect();
        let missing: Vec<&str> = rows.iter().filter(|row| !row.implemented).map(|row| row.name).collect();
        if rows.is_empty() && !FEATURES.contains(feature) && reason(feature).is_none() {
            continue;
        }
        let caps: Vec<&str> = feature.announcement().caps.iter().map(|(name, _)| *name).collect();
        let mark = if missing.is_empty() { "" } else { ": " };
        let why = reason(feature).map(|reason| format!("{reason}{mark}")).unwrap_or_default();
        let done = rows.len() - missing.len();
        let _ = writeln!(
            out,
            "| {feature:?} | {} | {} | {done} | {why}{} |",
            caps.join(" "),
            rows.len(),
            missing.join(", ")
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_implemented_has_a_reason_and_nothing_else_has() {
        for &feature in Feature::ALL {
            let mut rows = ROWS.iter().filter(|row| row.feature == feature).peekable();
            if rows.peek().is_none() {
                // What only changes the meaning of others' rows.
                assert!(reason(feature).is_none() || !FEATURES.contains(feature), "{feature:?}");
            } else {
                assert_eq!(reason(feature).is_some(), rows.any(|row| !row.implemented), "{feature:?}");
            }
        }
    }
}
