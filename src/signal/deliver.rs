//! Delivery: what becomes of a recorded signal, between two guest instructions
//! (`do_signal` and `handle_signal` of arch/arm64/kernel/signal.c).

use super::action::{Actions, DefaultAction, SA_RESTORER, SIG_DFL, SIG_IGN, default_action};
use super::frame::{self, BadFrame, Entry, Restored};
use super::{SigInfo, SigSet, UNCATCHABLE, altstack, bit};
use crate::cpu::CpuState;
use syscalls::guest::{SigAction, SigAltStack};

/// A thread's signal state beside its record.
#[derive(Clone, Copy, Debug)]
pub struct SignalState {
    /// What the guest blocks.
    pub mask: SigSet,
    /// The mask of a wait that a signal ended (sigsuspend, ppoll …): the handler runs on top of it.
    pub wait_mask: Option<SigSet>,
    /// The alternate stack.
    pub altstack: SigAltStack,
    /// The vDSO's `__kernel_rt_sigreturn`, for actions without a restorer.
    pub default_restorer: u64,
}

/// What is to be done about a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disposition {
    /// Nothing.
    Ignore,
    /// The process dies by it.
    Die,
    /// The process stops, by the kernel's default action.
    Stop,
    /// The guest's handler runs.
    Handle(SigAction),
}

/// Looks up what the guest wants done at `info`'s signal. A fault (`is_fault`) that is blocked or
/// ignored kills (`force_sig_info`).
pub fn disposition(actions: &Actions, info: &SigInfo, is_fault: bool, mask: SigSet) -> Disposition {
    let signal = info.signal();
    let action = actions.get(signal);
    let blocked = mask & bit(signal) != 0;
    match action.handler {
        SIG_DFL | SIG_IGN if is_fault => Disposition::Die,
        _ if is_fault && blocked => Disposition::Die,
        SIG_IGN => Disposition::Ignore,
        SIG_DFL => match default_action(signal) {
            DefaultAction::Ignore => Disposition::Ignore,
            DefaultAction::Terminate | DefaultAction::Core => Disposition::Die,
            DefaultAction::Stop => Disposition::Stop,
        },
        _ => Disposition::Handle(action),
    }
}

/// Enters the handler of `action`: writes the frame, sets registers and mask. `esr` is the syndrome
/// of a data abort, or 0.
pub fn enter_handler(
    cpu: &mut CpuState,
    state: &mut SignalState,
    info: &SigInfo,
    action: &SigAction,
    esr: u64,
) -> Result<(), BadFrame> {
    let on_altstack = altstack::is_on(&state.altstack, cpu.sp);
    let wants_altstack = action.flags & libc::SA_ONSTACK as u64 != 0 && state.altstack.size != 0;
    let sp_top = match wants_altstack && !on_altstack {
        true => state.altstack.sp.wrapping_add(state.altstack.size),
        false => cpu.sp,
    };
    let entry = Entry {
        info: *info,
        esr,
        mask: state.mask,
        altstack: altstack::reported(&state.altstack, cpu.sp),
        sp_top,
        handler: action.handler,
        restorer: if action.flags & SA_RESTORER != 0 { action.restorer } else { state.default_restorer },
        has_siginfo: action.flags & libc::SA_SIGINFO as u64 != 0,
    };
    frame::enter(cpu, &entry)?;
    if state.altstack.flags & altstack::SS_AUTODISARM != 0 {
        state.altstack = altstack::NONE;
    }
    let own = if action.flags & libc::SA_NODEFER as u64 != 0 { 0 } else { bit(info.signal()) };
    let base = state.wait_mask.take().unwrap_or(state.mask);
    state.mask = (base | action.mask | own) & !UNCATCHABLE;
    Ok(())
}

/// rt_sigreturn(2): restores registers, mask and alternate stack from the frame at SP.
pub fn leave_handler(cpu: &mut CpuState, state: &mut SignalState) -> Result<(), BadFrame> {
    let Restored { mask, altstack } = frame::leave(cpu)?;
    state.mask = mask & !UNCATCHABLE;
    // restore_altstack(): errors are ignored, and so is a stack that is in use.
    let _ = altstack::set(&mut state.altstack, Some(altstack), cpu.sp);
    Ok(())
}
