//! The interpreter's exclusive monitor and the atomic operations that the host has only as
//! compare-and-swap.
#![allow(unsafe_code)]

use super::Interp;
use crate::lift::{Emit, Order, Rmw, Width};
use crate::memory::access;
use crate::value::bits::{ones, sign_extend};

impl Interp {
    /// Compare and swap at any width; returns the old value.
    pub(super) fn compare_and_swap(&mut self, width: Width, addr: u64, expected: u128, new: u128) -> u128 {
        // SAFETY: inside `guarded`.
        unsafe {
            match width {
                Width::B => access::cas8(addr, expected as u8, new as u8) as u128,
                Width::H => access::cas16(addr, expected as u16, new as u16) as u128,
                Width::S => access::cas32(addr, expected as u32, new as u32) as u128,
                Width::D => access::cas64(addr, expected as u64, new as u64) as u128,
                Width::Q => access::cas128(addr, expected, new),
            }
        }
    }

    /// Loads and opens the monitor.
    pub(super) fn open_exclusive(&mut self, width: Width, addr: u64) -> u128 {
        self.watch(addr, width.bytes(), false);
        let value = match width {
            // SAFETY: inside `guarded`.
            Width::Q => unsafe { access::load128(addr) },
            _ => self.load(width, Order::Acquire, addr) as u128,
        };
        let monitor = &mut self.cpu.exclusive;
        (monitor.addr, monitor.size, monitor.value) = (access::untag(addr), width.bytes(), value);
        value
    }

    /// Stores if the monitor is open and memory as it was, and closes it; 0 if it was done, else 1.
    pub(super) fn close_exclusive(&mut self, width: Width, addr: u64, new: u128) -> u64 {
        let monitor = self.cpu.exclusive.clone();
        let open = monitor.addr == access::untag(addr) && monitor.size == width.bytes();
        self.watch(addr, width.bytes(), true);
        let done = open && self.compare_and_swap(width, addr, monitor.value, new) == monitor.value;
        self.clear_exclusive();
        !done as u64
    }

    /// The same for 16 bytes: Clr, Set or Swap.
    pub(super) fn rmw_pair_loop(&mut self, op: Rmw, addr: u64, v: u128) -> u128 {
        // SAFETY: inside `guarded`.
        let mut old = unsafe { access::load128(addr) };
        loop {
            let new = match op {
                Rmw::Clr => old & !v,
                Rmw::Set => old | v,
                _ => v,
            };
            let seen = self.compare_and_swap(Width::Q, addr, old, new);
            if seen == old {
                return old;
            }
            old = seen;
        }
    }

    /// Read-modify-write by compare-and-swap until nobody came between; returns the old value.
    pub(super) fn rmw_loop(&mut self, op: Rmw, width: Width, addr: u64, v: u64) -> u64 {
        let bits = width.bytes() as u32 * 8;
        let mask = ones(bits);
        let signed = |x: u64| sign_extend(x, bits) as i64;
        let mut old = self.load(width, Order::Acquire, addr);
        loop {
            let new = match op {
                Rmw::Clr => old & !v,
                Rmw::Eor => old ^ v,
                Rmw::Set => old | v,
                Rmw::Smax => signed(old).max(signed(v)) as u64,
                Rmw::Smin => signed(old).min(signed(v)) as u64,
                Rmw::Umax => old.max(v & mask),
                Rmw::Umin => old.min(v & mask),
                Rmw::Add => old.wrapping_add(v),
                Rmw::Swap => v,
            };
            let seen = self.compare_and_swap(width, addr, old as u128, new as u128) as u64;
            if seen == old {
                return old;
            }
            old = seen;
        }
    }
}

/// The width of a pair and the bits of each half.
pub(super) fn pair_width(width: Width) -> (Width, u32) {
    if width == Width::S { (Width::D, 32) } else { (Width::Q, 64) }
}

/// The halves of a pair.
pub(super) fn split(v: u128, bits: u32) -> [u64; 2] {
    let mask = ones(bits);
    [v as u64 & mask, (v >> bits) as u64 & mask]
}
