//! What an AArch64 processor holds: registers, flags, features. Imports nothing of ours.

pub mod features;
pub mod flags;
pub mod model;
pub mod state;
pub mod sysregs;

pub use features::{Feature, FeatureSet};
pub use flags::{Cond, Nzcv};
pub use model::Model;
pub use state::CpuState;
