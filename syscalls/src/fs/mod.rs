//! Files: opening and descriptors, paths, `struct stat`, ioctl.

pub mod descriptors;
pub mod ioctl;
pub mod open;
pub mod paths;
pub mod stat;
