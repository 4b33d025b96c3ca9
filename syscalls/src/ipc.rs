//! System V IPC: shared memory is mapped where the guest's map says, and `struct semid64_ds`
//! differs. Messages and `struct shmid64_ds` are the same on both sides.

use crate::abi::{bytes, sem};
use crate::guest::Guest;
use crate::kind::Args;
use crate::table::Handled;

/// include/uapi/linux/sem.h; IPC_64 is ignored by 64-bit kernels.
const SEM_STAT: i32 = 18;
const SEM_STAT_ANY: i32 = 20;
const IPC_64: i32 = 0x100;

/// semctl(2).
pub fn semctl(guest: &mut dyn Guest, args: Args) -> Handled {
    match args.int(2) & !IPC_64 {
        libc::IPC_STAT | SEM_STAT | SEM_STAT_ANY => {
            let mut host = [0; sem::HOST_SIZE];
            let result = guest.host(libc::SYS_semctl, args.with(3, bytes::address_of_mut(&mut host)).0)?;
            guest.write(args.addr(3), &sem::to_guest(&host))?;
            Ok(result)
        }
        libc::IPC_SET => {
            let mut set = [0; sem::GUEST_SIZE];
            if guest.read(args.addr(3), &mut set).is_err() {
                // EFAULT, unless it is no set's number.
                return guest.host(libc::SYS_semctl, args.0);
            }
            let host = sem::to_host(&set);
            guest.host(libc::SYS_semctl, args.with(3, bytes::address_of(&host)).0)
        }
        _ => guest.host(libc::SYS_semctl, args.0),
    }
}

/// shmat(2).
pub fn shmat(guest: &mut dyn Guest, args: Args) -> Handled {
    Ok(guest.shmat(args.int(0), args.word(1), args.uint(2).into())?)
}

/// shmdt(2).
pub fn shmdt(guest: &mut dyn Guest, args: Args) -> Handled {
    Ok(guest.shmdt(args.word(0))?)
}
