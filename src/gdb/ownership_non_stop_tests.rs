//! The walk of [`super`] in non-stop mode: what processes and gdb can do besides.

use super::walk::explore;
use super::*;

impl World {
    /// Everybody stops and goes on when he likes, and gdb always has its turn.
    fn non_stop(self) -> World {
        World { non_stop: true, began_non_stop: true, ..self }
    }

    /// Who stands goes on, or not; who runs is asked something; gdb takes news.
    pub(super) fn non_stop_steps(&self, add: &mut impl FnMut(&mut dyn FnMut(&mut World))) {
        for p in 0..self.processes.len() {
            let process = &self.processes[p];
            let event = match process.state {
                OwnerServing | PeerServing => GoesOn,
                OwnerRunning => Asked,
                _ => continue,
            };
            if !process.alive || process.doing.is_some() {
                continue;
            }
            // What has been told of nobody does not move.
            if event != GoesOn || process.announced {
                add(&mut |world| world.fire(p, event, With::default()));
            }
            if process.state == OwnerServing && !process.pending.is_empty() {
                add(&mut |world| {
                    let told = world.processes[p].pending.remove(0);
                    if let Some(newborn) = told.newborn {
                        world.processes[newborn].announced = true;
                    }
                    world.remember(p, Turn::Gdbs);
                });
            }
        }
    }
}

#[test]
fn threads_stop_and_go_on_one_by_one() {
    assert!(explore(World::start(1, 1).non_stop()) > 1000);
    assert!(explore(World::start(1, 0).non_stop().with_loss(GdbMissed, 1)) > 1000);
}
