# GCC and make -j: bzip2 is built, passes its own tests, and works.
# root: programs
# minutes: 20
cp -r "$SOURCES/bzip2" bzip2; cd bzip2
make -s -j4 CC=gcc > ../make.log 2>&1 && grep -A1 "'cmp's" ../make.log || tail -40 ../make.log
seq 10000 > numbers; ./bzip2 -k numbers && bzip2 -dc numbers.bz2 | cmp - numbers && echo same
