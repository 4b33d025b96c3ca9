//! Guest processes and threads.

pub mod host_thread;
