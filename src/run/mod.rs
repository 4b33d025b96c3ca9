//! Running guest code: makes an engine run, logged as `-d` asks, until it exits.

pub mod engine;
pub mod observe;
pub mod traced;
