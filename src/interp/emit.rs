//! The interpreter's instance of [`Emit`]: values are plain integers, and everything happens at once.
#![allow(unsafe_code)]

use super::atomic::{pair_width, split};
use super::code::Change;
use super::dispatch::at_this;
use super::fp::{fp_lane, fp_lane_count, fp_lanes};
use super::{Exit, Interp, heat, targets};
use crate::cpu::sysregs::{CACHE_LINE, PSTATE_DIT, PSTATE_SSBS, SysReg};
use crate::cpu::{Cond, Feature, Nzcv};
use crate::decode::features;
use crate::lift::load_store;
use crate::lift::mops::{MemoryMove, Stage};
use crate::lift::pauth::Pauth;
use crate::lift::{Barrier, Emit, Indirect, Order, Rmw, Width};
use crate::memory::access::{self, Fault};
use crate::value::bits::ones;
use crate::value::fp::op::{Fp1, Fp2, Fp3, FpType, FpWide, Shape};
use crate::value::fp::{Fixed, Fpcr, Rounding};
use crate::value::int::{self, Int1, Int2, Size};
use crate::value::simd::{self, Esize, Vec1, Vec2, Vec3, VecShift};
use bytemuck::must_cast;
use std::arch::x86_64::__m128i;
use std::sync::atomic::Ordering;

/// `si_code` of an alignment fault (asm-generic/siginfo.h).
const BUS_ADRALN: i32 = 1;

/// FPSR.QC: an Advanced SIMD integer operation saturated.
const FPSR_QC: u32 = 1 << 27;

impl Interp {
    /// Stops before an access that a watchpoint covers.
    #[inline(always)]
    pub(super) fn watch(&mut self, addr: u64, len: u64, write: bool) {
        if self.watching {
            self.check_watches(access::untag(addr), len, write);
        }
    }

    #[cold]
    #[inline(never)]
    fn check_watches(&mut self, addr: u64, len: u64, write: bool) {
        let hit = self.watches.iter().find(|w| {
            (if write { w.write } else { w.read })
                && addr < w.addr.wrapping_add(w.len)
                && w.addr < addr.wrapping_add(len)
        });
        if let Some(w) = hit {
            let fault = Fault { addr: addr.max(w.addr), signal: 0, code: 0, write };
            // SAFETY: meanings run inside `guarded` with this recovery.
            unsafe { access::raise(&raw mut self.recovery, fault) }
        }
    }

    /// Ends the instruction as Linux does for an alignment fault.
    #[cold]
    #[inline(never)]
    fn misaligned(&mut self, addr: u64) -> ! {
        let fault = Fault { addr: access::reported(addr), signal: libc::SIGBUS, code: BUS_ADRALN, write: false };
        // SAFETY: meanings run inside `guarded` with this recovery.
        unsafe { access::raise(&raw mut self.recovery, fault) }
    }

    /// A misaligned access to so many bytes where that matters: it faults, with FEAT_LSE2 unless all lie
    /// within 16 aligned ones.
    #[cold]
    #[inline(never)]
    fn heed_misalignment(&mut self, addr: u64, bytes: u64) {
        if !is_within_16(addr, bytes) || !features().contains(Feature::LSE2) {
            self.misaligned(addr);
        }
    }

    fn set_flags(&mut self, (sum, n, z, c, v): (u64, bool, bool, bool, bool)) -> u64 {
        self.cpu.nzcv = Nzcv::new(n, z, c, v);
        sum
    }

    /// Accumulates saturation into FPSR.QC.
    #[inline(always)]
    fn note_saturation(&mut self, saturated: bool) {
        if saturated {
            self.cpu.fpsr |= FPSR_QC;
        }
    }
}

/// Whether so many bytes lie within 16 aligned ones.
#[inline(always)]
fn is_within_16(addr: u64, bytes: u64) -> bool {
    (addr & 15) + bytes <= 16
}

impl Emit for Interp {
    type Int = u64;
    type Vec = __m128i;
    type Bool = bool;

    #[inline(always)]
    fn pc(&self) -> u64 {
        self.this_pc()
    }

    #[inline(always)]
    fn imm(&mut self, v: u64) -> u64 {
        v
    }

    #[inline(always)]
    fn x(&mut self, r: u32) -> u64 {
        // `x` has 31 entries: SP lies behind and is not reached.
        self.cpu.x.get(r as usize).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn x_sp(&mut self, r: u32) -> u64 {
        self.cpu.x.get(r as usize).copied().unwrap_or(self.cpu.sp)
    }

    #[inline(always)]
    fn set_x(&mut self, r: u32, v: u64) {
        if let Some(x) = self.cpu.x.get_mut(r as usize) {
            *x = v;
        }
    }

    #[inline(always)]
    fn set_x_sp(&mut self, r: u32, v: u64) {
        *self.cpu.x.get_mut(r as usize).unwrap_or(&mut self.cpu.sp) = v;
    }

    #[inline(always)]
    fn v(&mut self, r: u32) -> __m128i {
        wide(self.cpu.v[(r & 31) as usize])
    }

    #[inline(always)]
    fn set_v(&mut self, r: u32, v: __m128i) {
        self.cpu.v[(r & 31) as usize] = bits(v);
    }

    #[inline(always)]
    fn int1(&mut self, op: Int1, sz: Size, a: u64) -> u64 {
        op.apply(sz, a)
    }

    #[inline(always)]
    fn int2(&mut self, op: Int2, sz: Size, a: u64, b: u64) -> u64 {
        op.apply(sz, a, b)
    }

    #[inline(always)]
    fn extract(&mut self, sz: Size, signed: bool, a: u64, lsb: u32, width: u32) -> u64 {
        int::extract(sz, signed, a, lsb, width)
    }

    #[inline(always)]
    fn insert(&mut self, sz: Size, dst: u64, src: u64, lsb: u32, width: u32) -> u64 {
        int::insert(sz, dst, src, lsb, width)
    }

    #[inline(always)]
    fn extr(&mut self, sz: Size, hi: u64, lo: u64, lsb: u32) -> u64 {
        int::extr(sz, hi, lo, lsb)
    }

    #[inline(always)]
    fn select(&mut self, c: bool, a: u64, b: u64) -> u64 {
        if c { a } else { b }
    }

    #[inline(always)]
    fn adds(&mut self, sz: Size, a: u64, b: u64) -> u64 {
        self.set_flags(int::add_with_carry(sz, a, b, 0))
    }

    #[inline(always)]
    fn subs(&mut self, sz: Size, a: u64, b: u64) -> u64 {
        self.set_flags(int::add_with_carry(sz, a, !b, 1))
    }

    #[inline(always)]
    fn add_carry(&mut self, sz: Size, sub: bool, a: u64, b: u64, set: bool) -> u64 {
        let b = if sub { !b } else { b };
        let result = int::add_with_carry(sz, a, b, self.cpu.nzcv.carry());
        if set { self.set_flags(result) } else { result.0 }
    }

    #[inline(always)]
    fn set_nz(&mut self, sz: Size, v: u64) {
        self.cpu.nzcv = Nzcv::new(sz.sext(v) < 0, sz.trunc(v) == 0, false, false);
    }

    #[inline(always)]
    fn cond_compare(&mut self, c: bool, sub: bool, sz: Size, a: u64, b: u64, imm: u32) {
        if !c {
            self.cpu.nzcv = Nzcv::from_imm4(imm);
        } else if sub {
            self.subs(sz, a, b);
        } else {
            self.adds(sz, a, b);
        }
    }

    #[inline(always)]
    fn nzcv(&mut self) -> u64 {
        self.cpu.nzcv.0 as u64
    }

    #[inline(always)]
    fn set_nzcv(&mut self, v: u64) {
        self.cpu.nzcv = Nzcv(v as u32 & 0xf000_0000);
    }

    #[inline(always)]
    fn cond(&mut self, c: Cond) -> bool {
        self.cpu.nzcv.holds(c)
    }

    #[inline(always)]
    fn compare(&mut self, c: Cond, sz: Size, a: u64, b: u64) -> bool {
        let (_, n, z, carry, v) = int::add_with_carry(sz, a, !b, 1);
        Nzcv::new(n, z, carry, v).holds(c)
    }

    #[inline(always)]
    fn is_zero(&mut self, sz: Size, a: u64) -> bool {
        sz.trunc(a) == 0
    }

    #[inline(always)]
    fn bit(&mut self, a: u64, n: u32) -> bool {
        a >> (n & 63) & 1 != 0
    }

    #[inline(always)]
    fn not(&mut self, c: bool) -> bool {
        !c
    }

    fn pauth(&mut self, what: Pauth, a: u64, modifier: u64) -> u64 {
        self.authentication(what, a, modifier)
    }

    #[inline(always)]
    fn branch(&mut self, target: u64) {
        self.take_branch(target);
    }

    #[inline(always)]
    fn branch_if(&mut self, c: bool, target: u64) {
        if c {
            self.take_branch(target);
        }
    }

    #[inline(always)]
    fn branch_to(&mut self, target: u64, why: Indirect) {
        if why != Indirect::Return && self.code.has_guards() {
            return self.branch_guarded(target, why);
        }
        if why != Indirect::Return {
            targets::note(self.this_pc(), target);
        }
        self.take_branch(target);
    }

    fn svc(&mut self, imm: u32) {
        // The kernel's exception return clears it (Arm ARM B2.9.5).
        self.clear_exclusive();
        self.cpu.pc = self.next_pc();
        self.raise_here(Exit::Syscall(imm));
    }

    fn brk(&mut self, imm: u32) {
        at_this(self, Exit::Brk(imm));
    }

    #[cold]
    fn undefined(&mut self) {
        let pc = self.this_pc();
        let word = self.peek(pc).map_or(0, |i| i.0);
        at_this(self, Exit::Undefined(word, None));
    }

    #[inline(always)]
    fn check_sp_alignment(&mut self) {
        if self.cpu.sp & 15 != 0 {
            self.misaligned(self.cpu.sp);
        }
    }

    #[inline(always)]
    fn check_alignment(&mut self, addr: u64, bytes: u64) {
        if addr & (bytes - 1) != 0 {
            self.heed_misalignment(addr, bytes);
        }
    }

    fn check_pair_alignment(&mut self, addr: u64, bytes: u64) {
        if addr & (bytes - 1) != 0 {
            self.heed_misalignment(addr, 2 * bytes);
        }
    }

    #[inline(always)]
    fn load(&mut self, width: Width, _: Order, addr: u64) -> u64 {
        self.watch(addr, width.bytes(), false);
        // SAFETY: inside `guarded`.
        unsafe {
            match width {
                Width::B => access::load8(addr) as u64,
                Width::H => access::load16(addr) as u64,
                Width::S => access::load32(addr) as u64,
                Width::D | Width::Q => access::load64(addr),
            }
        }
    }

    #[inline(always)]
    fn store(&mut self, width: Width, order: Order, addr: u64, v: u64) {
        self.watch(addr, width.bytes(), true);
        // SAFETY: inside `guarded`. A release store is an exchange: see `Order::Release`.
        unsafe {
            match (width, order == Order::Release) {
                (Width::B, false) => access::store8(addr, v as u8),
                (Width::H, false) => access::store16(addr, v as u16),
                (Width::S, false) => access::store32(addr, v as u32),
                (Width::D | Width::Q, false) => access::store64(addr, v),
                (Width::B, true) => drop(access::exchange8(addr, v as u8)),
                (Width::H, true) => drop(access::exchange16(addr, v as u16)),
                (Width::S, true) => drop(access::exchange32(addr, v as u32)),
                (Width::D | Width::Q, true) => drop(access::exchange64(addr, v)),
            }
        }
    }

    #[inline(always)]
    fn load_pair(&mut self, width: Width, addr: u64) -> [u64; 2] {
        let (double, bits) = pair_width(width);
        self.watch(addr, double.bytes(), false);
        // SAFETY: inside `guarded`. Two accesses where one would cross a line, so that the fault has the
        // address of the one that faults.
        unsafe {
            match double {
                _ if !is_within_16(addr, double.bytes()) => load_store::load_two(self, width, addr),
                Width::Q => split(access::load128(addr), bits),
                _ => split(access::load64(addr) as u128, bits),
            }
        }
    }

    #[inline(always)]
    fn store_pair(&mut self, width: Width, addr: u64, [lo, hi]: [u64; 2]) {
        let (double, bits) = pair_width(width);
        self.watch(addr, double.bytes(), true);
        // SAFETY: as above.
        unsafe {
            match double {
                _ if !is_within_16(addr, double.bytes()) => load_store::store_two(self, width, addr, [lo, hi]),
                Width::Q => access::store128(addr, lo as u128 | (hi as u128) << 64),
                _ => access::store64(addr, lo & ones(bits) | hi << bits),
            }
        }
    }

    #[inline(always)]
    fn load_v(&mut self, width: Width, addr: u64) -> __m128i {
        if width == Width::Q {
            self.watch(addr, 16, false);
            // SAFETY: inside `guarded`.
            wide(unsafe { access::load128(addr) })
        } else {
            wide(self.load(width, Order::Plain, addr) as u128)
        }
    }

    #[inline(always)]
    fn store_v(&mut self, width: Width, addr: u64, v: __m128i) {
        if width == Width::Q {
            self.watch(addr, 16, true);
            // SAFETY: inside `guarded`.
            unsafe { access::store128(addr, bits(v)) }
        } else {
            self.store(width, Order::Plain, addr, bits(v) as u64)
        }
    }

    fn rmw(&mut self, op: Rmw, width: Width, addr: u64, v: u64) -> u64 {
        self.watch(addr, width.bytes(), false);
        self.watch(addr, width.bytes(), true);
        // SAFETY: inside `guarded`.
        unsafe {
            match (op, width) {
                (Rmw::Add, Width::B) => return access::add8(addr, v as u8) as u64,
                (Rmw::Add, Width::H) => return access::add16(addr, v as u16) as u64,
                (Rmw::Add, Width::S) => return access::add32(addr, v as u32) as u64,
                (Rmw::Add, _) => return access::add64(addr, v),
                (Rmw::Swap, Width::B) => return access::exchange8(addr, v as u8) as u64,
                (Rmw::Swap, Width::H) => return access::exchange16(addr, v as u16) as u64,
                (Rmw::Swap, Width::S) => return access::exchange32(addr, v as u32) as u64,
                (Rmw::Swap, _) => return access::exchange64(addr, v),
                _ => {}
            }
        }
        self.rmw_loop(op, width, addr, v)
    }

    fn cas(&mut self, width: Width, addr: u64, expected: u64, new: u64) -> u64 {
        self.watch(addr, width.bytes(), false);
        self.watch(addr, width.bytes(), true);
        self.compare_and_swap(width, addr, expected as u128, new as u128) as u64
    }

    fn cas_pair(&mut self, width: Width, addr: u64, expected: [u64; 2], new: [u64; 2]) -> [u64; 2] {
        self.watch(addr, 2 * width.bytes(), false);
        self.watch(addr, 2 * width.bytes(), true);
        let (double, bits) = pair_width(width);
        let join = |[lo, hi]: [u64; 2]| (lo & ones(bits)) as u128 | (hi as u128) << bits;
        split(self.compare_and_swap(double, addr, join(expected), join(new)), bits)
    }

    fn rmw_pair(&mut self, op: Rmw, addr: u64, [lo, hi]: [u64; 2]) -> [u64; 2] {
        self.watch(addr, 16, false);
        self.watch(addr, 16, true);
        split(self.rmw_pair_loop(op, addr, lo as u128 | (hi as u128) << 64), 64)
    }

    fn memory_move(&mut self, what: MemoryMove, stage: Stage, registers: [u32; 3]) {
        self.move_memory(what, stage, registers);
    }

    fn load_exclusive(&mut self, width: Width, addr: u64) -> u64 {
        self.open_exclusive(width, addr) as u64
    }

    fn load_exclusive_pair(&mut self, width: Width, addr: u64) -> [u64; 2] {
        let (double, bits) = pair_width(width);
        split(self.open_exclusive(double, addr), bits)
    }

    fn store_exclusive(&mut self, width: Width, addr: u64, v: u64) -> u64 {
        let mask = ones(width.bytes() as u32 * 8);
        self.close_exclusive(width, addr, (v & mask) as u128)
    }

    fn store_exclusive_pair(&mut self, width: Width, addr: u64, [lo, hi]: [u64; 2]) -> u64 {
        let (double, bits) = pair_width(width);
        let mask = ones(bits);
        self.close_exclusive(double, addr, (lo & mask) as u128 | ((hi & mask) as u128) << bits)
    }

    fn clear_exclusive(&mut self) {
        self.cpu.exclusive.addr = crate::cpu::state::Exclusive::NONE;
    }

    fn barrier(&mut self, what: Barrier) {
        match what {
            Barrier::Full => std::sync::atomic::fence(Ordering::SeqCst),
            Barrier::Load | Barrier::Store | Barrier::Instruction => {
                std::sync::atomic::compiler_fence(Ordering::SeqCst)
            }
        }
    }

    fn invalidate_code(&mut self, addr: u64) {
        let line = access::untag(addr) & !(CACHE_LINE - 1);
        if self.code.invalidate(line, line + CACHE_LINE, Change::Written) {
            heat::cool(line, line + CACHE_LINE);
        }
    }

    fn sysreg(&mut self, reg: SysReg) -> u64 {
        let cpu = &mut self.cpu;
        match reg {
            SysReg::Nzcv => cpu.nzcv.0 as u64,
            SysReg::Fpcr => cpu.fpcr as u64,
            SysReg::Fpsr => cpu.read_fpsr(),
            SysReg::TpidrEl0 => cpu.tpidr_el0,
            SysReg::CntvctEl0 => host_clock_ns(libc::CLOCK_MONOTONIC),
            SysReg::HostClock(clock) => host_clock_ns(clock.into()),
            SysReg::Rndr => random(),
            SysReg::Dit => (cpu.pstate & PSTATE_DIT) as u64,
            SysReg::Ssbs => (cpu.pstate & PSTATE_SSBS) as u64,
        }
    }

    fn set_sysreg(&mut self, reg: SysReg, v: u64) {
        let cpu = &mut self.cpu;
        match reg {
            SysReg::Nzcv => cpu.nzcv = Nzcv(v as u32),
            SysReg::Fpcr => cpu.fpcr = v as u32,
            SysReg::Fpsr => (cpu.fpsr, cpu.looks_at_fpsr) = (v as u32, true),
            SysReg::TpidrEl0 => cpu.tpidr_el0 = v,
            SysReg::CntvctEl0 | SysReg::HostClock(_) | SysReg::Rndr => {}
            SysReg::Dit => cpu.pstate = cpu.pstate & !PSTATE_DIT | v as u32,
            SysReg::Ssbs => cpu.pstate = cpu.pstate & !PSTATE_SSBS | v as u32,
        }
    }

    #[inline(always)]
    fn vec_from_int(&mut self, v: u64) -> __m128i {
        wide(v as u128)
    }

    #[inline(always)]
    fn lane(&mut self, es: Esize, v: __m128i, lane: u32) -> u64 {
        (bits(v) >> (lane * es.bits())) as u64 & ones(es.bits())
    }

    #[inline(always)]
    fn set_lane(&mut self, es: Esize, v: __m128i, lane: u32, x: u64) -> __m128i {
        let mask = (ones(es.bits()) as u128) << (lane * es.bits());
        wide(bits(v) & !mask | (x as u128) << (lane * es.bits()) & mask)
    }

    #[inline(always)]
    fn low_half(&mut self, v: __m128i) -> __m128i {
        wide(bits(v) as u64 as u128)
    }

    #[inline(always)]
    fn select_v(&mut self, c: bool, a: __m128i, b: __m128i) -> __m128i {
        if c { a } else { b }
    }

    #[inline(always)]
    fn vec_imm(&mut self, v: u128) -> __m128i {
        wide(v)
    }

    #[inline(always)]
    fn low_lane(&mut self, es: Esize, v: __m128i) -> __m128i {
        wide(bits(v) & ones(es.bits()) as u128)
    }

    #[inline(always)]
    fn dup(&mut self, es: Esize, v: __m128i, lane: u32) -> __m128i {
        wide(simd::splat(es, (bits(v) >> (lane * es.bits())) as u64))
    }

    #[inline(always)]
    fn ext(&mut self, lo: __m128i, hi: __m128i, from: u32) -> __m128i {
        wide(simd::ext(bits(lo), bits(hi), from))
    }

    #[inline(always)]
    fn vec1(&mut self, op: Vec1, es: Esize, a: __m128i) -> __m128i {
        let mut saturated = false;
        let v = op.apply(es, bits(a), &mut saturated);
        self.note_saturation(saturated);
        wide(v)
    }

    #[inline(always)]
    fn vec2(&mut self, op: Vec2, es: Esize, a: __m128i, b: __m128i) -> __m128i {
        let mut saturated = false;
        let v = op.apply(es, bits(a), bits(b), &mut saturated);
        self.note_saturation(saturated);
        wide(v)
    }

    #[inline(always)]
    fn vec3(&mut self, op: Vec3, es: Esize, a: __m128i, b: __m128i, c: __m128i) -> __m128i {
        let mut saturated = false;
        let v = op.apply(es, bits(a), bits(b), bits(c), &mut saturated);
        self.note_saturation(saturated);
        wide(v)
    }

    #[inline(always)]
    fn vec_shift(&mut self, op: VecShift, es: Esize, a: __m128i, n: u32) -> __m128i {
        let mut saturated = false;
        let v = op.apply(es, bits(a), n, &mut saturated);
        self.note_saturation(saturated);
        wide(v)
    }

    fn tbl(&mut self, table: [__m128i; 4], count: usize, index: __m128i) -> __m128i {
        wide(simd::tbl(table.map(bits), count, bits(index)))
    }

    #[inline(always)]
    fn fp1(&mut self, op: Fp1, ty: FpType, shape: Shape, a: __m128i) -> __m128i {
        fp_lanes!(self, ty, shape, |env, n| op.apply(env, ty, fp_lane(ty, a, n)))
    }

    #[inline(always)]
    fn fp2(&mut self, op: Fp2, ty: FpType, shape: Shape, a: __m128i, b: __m128i) -> __m128i {
        fp_lanes!(self, ty, shape, |env, n| op.apply(env, ty, fp_lane(ty, a, n), fp_lane(ty, b, n)))
    }

    #[inline(always)]
    fn fp3(&mut self, op: Fp3, ty: FpType, shape: Shape, a: __m128i, n: __m128i, m: __m128i) -> __m128i {
        fp_lanes!(self, ty, shape, |env, i| op.apply(env, ty, fp_lane(ty, a, i), fp_lane(ty, n, i), fp_lane(ty, m, i)))
    }

    fn fp_wide(&mut self, op: FpWide, shape: Shape, a: __m128i, n: __m128i, m: __m128i) -> __m128i {
        let (a, n, m) = (bits(a), bits(n), bits(m));
        fp_lanes!(self, FpType::S, shape, |env, i| op.apply(env, a, n, m, i))
    }

    #[inline(always)]
    fn fp_merge(&mut self, ty: FpType, result: __m128i, from: u32) -> __m128i {
        if self.cpu.fpcr & Fpcr::NEP == 0 {
            return result;
        }
        let low = ones(ty.bits()) as u128;
        wide(bits(result) & low | self.cpu.v[(from & 31) as usize] & !low)
    }

    fn fp_pairwise(&mut self, op: Fp2, ty: FpType, shape: Shape, n: __m128i, m: __m128i) -> __m128i {
        let half = fp_lane_count(ty, shape) / 2;
        fp_lanes!(self, ty, shape, |env, i| {
            let (v, first) = if i < half { (n, 2 * i) } else { (m, 2 * (i - half)) };
            op.apply(env, ty, fp_lane(ty, v, first), fp_lane(ty, v, first + 1))
        })
    }

    #[inline(always)]
    fn fp_compare(&mut self, ty: FpType, signal_nans: bool, a: __m128i, b: __m128i) {
        let flags = self.fp(|env| env.compare(ty, signal_nans, fp_lane(ty, a, 0), fp_lane(ty, b, 0)));
        self.cpu.nzcv = Nzcv::from_imm4(flags);
    }

    fn fp_cond_compare(&mut self, c: bool, ty: FpType, signal_nans: bool, a: __m128i, b: __m128i, imm: u32) {
        if c {
            self.fp_compare(ty, signal_nans, a, b);
        } else {
            self.cpu.nzcv = Nzcv::from_imm4(imm);
        }
    }

    #[inline(always)]
    fn fp_convert(&mut self, from: FpType, to: FpType, odd: bool, shape: Shape, a: __m128i) -> __m128i {
        let rounding = if odd { Some(Rounding::Odd) } else { None };
        let lanes = if shape == Shape::Scalar { 1 } else { 128 / from.bits().max(to.bits()) };
        wide(self.fp(|env| {
            (0..lanes).fold(0, |out, n| {
                out | (env.convert(from, to, rounding, fp_lane(from, a, n)) as u128) << (n * to.bits())
            })
        }))
    }

    fn fp_to_fixed(&mut self, ty: FpType, to: Fixed, rounding: Rounding, shape: Shape, a: __m128i) -> __m128i {
        fp_lanes!(self, ty, shape, |env, n| env.to_fixed(ty, to, rounding, fp_lane(ty, a, n)))
    }

    fn fp_from_fixed(&mut self, ty: FpType, from: Fixed, shape: Shape, a: __m128i) -> __m128i {
        fp_lanes!(self, ty, shape, |env, n| env.from_fixed(ty, from, fp_lane(ty, a, n)))
    }

    #[inline(always)]
    fn fp_to_int(&mut self, ty: FpType, to: Fixed, rounding: Rounding, a: __m128i) -> u64 {
        self.fp(|env| env.to_fixed(ty, to, rounding, fp_lane(ty, a, 0)))
    }

    #[inline(always)]
    fn fp_from_int(&mut self, ty: FpType, from: Fixed, a: u64) -> __m128i {
        wide(self.fp(|env| env.from_fixed(ty, from, a)) as u128)
    }

    fn fp_to_int_js(&mut self, a: __m128i) -> u64 {
        let (integer, exact) = self.fp(|env| env.to_fixed_js(bits(a) as u64));
        self.cpu.nzcv = Nzcv::new(false, exact, false, false);
        integer as u64
    }
}

/// A clock, by way of the host's vDSO.
fn host_clock_ns(clock: libc::clockid_t) -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is ours to write; for a clock that every kernel has the call cannot fail.
    unsafe { libc::clock_gettime(clock, &mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// A number from the kernel's generator, which only fails before it has entropy, and then waits.
fn random() -> u64 {
    let mut v = 0u64;
    // SAFETY: `v` is ours to write.
    unsafe { libc::getrandom((&raw mut v).cast(), size_of::<u64>(), 0) };
    v
}

/// A vector register's value in a vector register of the host.
#[inline(always)]
fn wide(v: u128) -> __m128i {
    must_cast(v)
}

/// [`wide`], back.
#[inline(always)]
fn bits(v: __m128i) -> u128 {
    must_cast(v)
}
