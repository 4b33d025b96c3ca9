# program: hot
# native: no (gdbserver prints it itself)
# args: 5
# guest: sum 24
set dprintf-style agent
dprintf visit,"%ld: %s has %d sides, turn %d [%5d|%-4ld|%04x] %c\n", i, shape->name, shape->sides, shape->turn, 7, i, 255, *shape->name
# see: Dprintf 1 at
continue
# see: 0: line has 2 sides, turn -1 [    7|0   |00ff] l
# see: 1: triangle has 3 sides, turn 0 [    7|1   |00ff] t
# see: 2: square has 4 sides, turn 1 [    7|2   |00ff] s
# see: 3: line has 2 sides
# see: 4: triangle has 3 sides
# see: exited normally
