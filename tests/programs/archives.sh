# tar with compressors behind it, sparse files and links; rsync of a changed tree.
# root: programs
mkdir -p tree/sub; seq 100000 > tree/numbers; ln -s ../numbers tree/sub/link; ln tree/numbers tree/sub/hard; truncate -s 100M tree/sparse; touch -d 2001-02-03 tree/old
for how in gzip xz zstd; do
    tar --$how -S -cf tree.$how tree && mkdir $how && tar -C $how -xpf tree.$how && diff -r tree $how/tree && echo $how "$(stat -c '%h %Y' $how/tree/numbers $how/tree/old | cut -d' ' -f1 | tr '\n' ' ')$(readlink $how/tree/sub/link) $(stat -c %b $how/tree/sparse)"
done
zstd -q -T2 --long -c tree/numbers | zstd -dc | cmp - tree/numbers && echo threads
rsync -aH tree/ copy/ && diff -r tree copy && sed -i s/^5$/five/ tree/numbers && rm tree/old && rsync -aHi --delete tree/ copy/ | sort && diff -r tree copy && echo same
