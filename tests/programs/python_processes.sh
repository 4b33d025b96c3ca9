# CPython's own tests of processes, signals and threads.
# root: programs
# minutes: 60
for module in signal threading subprocess multiprocessing_fork multiprocessing_spawn multiprocessing_forkserver; do
    python3 -m test --timeout 1800 test_$module > log 2>&1 && echo $module || { echo "$module: failed"; tail -60 log; }
done
