//! Text inside XML documents.

/// Text as an attribute or element has it; control characters have no place there.
pub fn text(plain: &str) -> String {
    let escaped = |c: char| match c {
        '&' => "&amp;".to_string(),
        '<' => "&lt;".to_string(),
        '>' => "&gt;".to_string(),
        '"' => "&quot;".to_string(),
        c if c.is_control() => "?".to_string(),
        c => c.to_string(),
    };
    plain.chars().map(escaped).collect()
}
