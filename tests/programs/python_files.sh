# CPython's own tests of files, time and foreign functions.
# root: programs
# minutes: 30
mkdir -p test_sqlite3; cp -r "$SOURCES/python3.11/Lib/test/test_sqlite3" . # which Debian does not package
for module in time select mmap tempfile os ctypes; do
    python3 -m test test_$module > log 2>&1 && echo $module || { echo "$module: failed"; tail -60 log; }
done
python3 -c 'import os, sys, test, unittest
test.__path__.append(os.getcwd())
names = sorted(n[:-3] for n in os.listdir("test_sqlite3") if n.startswith("test_"))
unittest.main(None, argv=["tests"] + ["test.test_sqlite3." + n for n in names])' > log 2>&1 && echo sqlite3 || { echo "sqlite3: failed"; tail -60 log; }
