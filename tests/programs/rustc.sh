# rustc: a program with threads, a panic that is caught, collections; its tests.
# root: programs
cat > sums.rs <<'RUST'
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{mpsc, Arc, Mutex};

pub fn sum(parts: u64) -> u64 {
    let (send, receive) = mpsc::channel();
    for part in 0..parts {
        let send = send.clone();
        std::thread::spawn(move || send.send((part * 1000..(part + 1) * 1000).sum::<u64>()).unwrap());
    }
    drop(send);
    receive.iter().sum()
}

fn main() {
    println!("{} {}", std::env::consts::ARCH, sum(50));
    let counts = Arc::new(Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| "the cat the dog".split(' ').for_each(|w| *counts.lock().unwrap().entry(w).or_insert(0) += 1));
        }
    });
    println!("{:?}", counts.lock().unwrap());
    std::panic::set_hook(Box::new(|_| ()));
    println!("{}", std::panic::catch_unwind(|| [1, 2][std::env::args().count() + 5]).is_err());
    let out = Command::new("sh").args(["-c", "echo from sh; exit 3"]).output().unwrap();
    println!("{:?} {:?}", String::from_utf8_lossy(&out.stdout), out.status.code());
}

#[test]
fn two_parts() {
    assert_eq!(sum(2), 1999000);
}

#[test]
#[should_panic]
fn too_far() {
    assert_eq!([0; 3].get(3).copied().unwrap(), 0);
}
RUST
rustc -C linker=gcc -O sums.rs && ./sums && rustc -C linker=gcc --test -o tests sums.rs && ./tests -q | sed 's/; finished.*//'
